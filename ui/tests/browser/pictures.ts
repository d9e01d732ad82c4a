// Small pictures of parts of the page, compared point by point.

import type { Locator, Page } from 'playwright-core';

export interface Look {
  /** Class of the layer's state, or its place in the list. */
  state: string;
  /** Red, green, blue of each point, row by row. */
  points: number[];
  /** Clear steps between neighbours in the middle row and the middle column. */
  edges: number;
}

/** Sum of the differences in red, green and blue that people tell apart. */
const CLEAR = 60;

/** Pictures of some elements of one size. */
export async function textured(page: Page, elements: Locator): Promise<Look[]> {
  const looks: Look[] = [];
  for (const element of await elements.all()) {
    const name = await element.getAttribute('class');
    const picture = (await element.screenshot()).toString('base64');
    const { points, width, height } = await page.evaluate(async (picture) => {
      const image = new Image();
      image.src = `data:image/png;base64,${picture}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const points = [...data].filter((_, index) => index % 4 !== 3);
      return { points, width: image.width, height: image.height };
    }, picture);
    const at = (x: number, y: number) => (y * width + x) * 3;
    const row = Array.from({ length: width }, (_, x) => at(x, height >> 1));
    const column = Array.from({ length: height }, (_, y) => at(width >> 1, y));
    const steps = (line: number[]) =>
      line.slice(1).filter((to, index) => apart(points, points, line[index] ?? 0, to) > CLEAR);
    looks.push({
      state:
        name?.split(' ').find((word) => !/^(layer|svelte-|muted)/.test(word)) ?? `${looks.length}`,
      points,
      edges: steps(row).length + steps(column).length,
    });
  }
  return looks;
}

function apart(one: number[], two: number[], from: number, to = from): number {
  return [0, 1, 2].reduce(
    (sum, part) => sum + Math.abs((one[from + part] ?? 0) - (two[to + part] ?? 0)),
    0,
  );
}

/** Pairs that look the same: less than a tenth of their points differ clearly. */
export function told(looks: Look[]): string[] {
  return looks.flatMap((one, index) =>
    looks.slice(index + 1).flatMap((two) => {
      const places = Array.from({ length: one.points.length / 3 }, (_, at) => at * 3);
      const differing = places.filter((at) => apart(one.points, two.points, at) > CLEAR);
      return differing.length * 10 < places.length ? [`${one.state} = ${two.state}`] : [];
    }),
  );
}
