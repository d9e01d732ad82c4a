// Coloured words in rows keep their contrast on what the pointer brings.

import { expect, it } from 'vitest';

import { browse, serious } from './browser';

const open = browse();

const ROWS = [
  ['?fake=enginesBroken#/publish/engines', '[role=treegrid] .cells:not(.head)'],
  ['?fake=start#/publish', '.rows .whole'],
  ['?fake=accounts#/accounts', '.option'],
] as const;

it.each(
  ROWS.flatMap(([address, rows]) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ address, rows, colorScheme })),
  ),
)(
  'keeps its contrast under the pointer: $address $colorScheme',
  async ({ address, rows, colorScheme }) => {
    const page = await open(address, { colorScheme });
    await page.locator('html[data-rest=true]').waitFor();
    await page.locator(rows).first().waitFor();
    const count = await page.locator(rows).count();
    for (let at = 0; at < Math.min(count, 9); at++) {
      await page.locator(rows).nth(at).hover();
      await page.evaluate(() => Promise.all(document.getAnimations().map((it) => it.finished)));
      const found = await serious(page);
      expect(
        found.filter((it) => it.startsWith('color-contrast')),
        `row ${at}`,
      ).toEqual([]);
    }
  },
);
