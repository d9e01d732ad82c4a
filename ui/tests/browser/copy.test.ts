// Copying in a real browser: colours, and room in every window.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import type { Surroundings } from './browser';
import { browse, serious } from './browser';

const open = browse();

/** The sheet with its plan, as it is come to from a result. */
async function planned(surroundings: Surroundings = {}): Promise<Page> {
  const page = await open('?fake=done#/activity/1', surroundings);
  await page.getByRole('button', { name: 'Copy to…' }).click();
  await page.getByRole('combobox', { name: 'Copy to' }).fill('ghcr.io/octocat/monalisa');
  await page.getByRole('img', { name: 'Bytes' }).last().waitFor();
  await page.locator('html[data-rest=true]').waitFor();
  // The button has its colour a moment after it can be pressed.
  await page.locator('dialog .primary[aria-disabled=false]').waitFor();
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await Promise.all(document.getAnimations().map((it) => it.finished));
  });
  return page;
}

const sideways = (page: Page, selector: string) =>
  page.evaluate((selector) => {
    const part = document.querySelector(selector);
    return part ? part.scrollWidth - part.clientWidth : -1;
  }, selector);

describe('the sheet that copies', () => {
  it.each(['light', 'dark'] as const)('is accessible: %s', async (colorScheme) => {
    const page = await planned({ colorScheme });
    expect(await serious(page)).toEqual([]);
  });

  it.each([
    { width: 1180, height: 760 },
    { width: 720, height: 520 },
    { width: 411, height: 297 },
  ])('has room for all of it: $width', async (viewport) => {
    const page = await planned({ viewport });
    expect(await sideways(page, 'dialog .content')).toBe(0);
    const width = await page.locator('dialog').evaluate((it) => it.getBoundingClientRect().width);
    expect(width).toBeLessThanOrEqual(Math.min(600, viewport.width));
  });
});

describe('a job that copies', () => {
  it.each(['copying', 'copied', 'copyFailed'])('is accessible, with room: %s', async (scene) => {
    for (const viewport of [
      { width: 1180, height: 760 },
      { width: 411, height: 297 },
    ]) {
      const page = await open(`?fake=${scene}#/activity/1`, { viewport });
      await page.locator('html[data-rest=true]').waitFor();
      expect(await sideways(page, 'main')).toBe(0);
      expect(await serious(page)).toEqual([]);
      await page.close();
    }
  });
});
