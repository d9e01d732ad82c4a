// Install in a real browser: colours, room in every window, and many tags.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import type { Surroundings } from './browser';
import { browse, serious } from './browser';

const open = browse();

const NAME = 'ghcr.io/octo-org/monalisa';

/** The page after somebody typed a reference. */
async function typed(scene: string, text: string, surroundings: Surroundings = {}): Promise<Page> {
  const page = await open(`?fake=${scene}#/install`, surroundings);
  await page.getByRole('textbox', { name: 'Image reference' }).fill(text);
  await page.keyboard.press('Enter');
  await page.locator('html[data-rest=true]').waitFor();
  return page;
}

const sideways = (page: Page) =>
  page.evaluate(() => {
    const main = document.querySelector('main');
    return main ? main.scrollWidth - main.clientWidth : -1;
  });

describe('the Install page', () => {
  it.each(['light', 'dark'] as const)(
    'is accessible while one chooses: %s',
    async (colorScheme) => {
      for (const [scene, text] of [
        ['installTags', NAME],
        ['install', `${NAME}:2.4.0`],
        ['installHidden', NAME],
      ] as const) {
        const page = await typed(scene, text, { colorScheme });
        expect(await serious(page), scene).toEqual([]);
        await page.close();
      }
    },
  );

  it.each([
    { width: 1180, height: 760 },
    { width: 720, height: 520 },
    { width: 411, height: 297 },
  ])('has room for all of it: $width', async (viewport) => {
    for (const [scene, text] of [
      ['installTags', NAME],
      ['install', `${NAME}:2.4.0`],
    ] as const) {
      const page = await typed(scene, text, { viewport });
      expect(await sideways(page), scene).toBe(0);
      await page.close();
    }
    for (const scene of ['installing', 'installed']) {
      const page = await open(`?fake=${scene}#/install/1`, { viewport });
      await page.locator('html[data-rest=true]').waitFor();
      expect(await sideways(page), scene).toBe(0);
      await page.close();
    }
  });

  it('leads through a thousand tags by keys, and draws few of them', async () => {
    const page = await typed('installMany', NAME);
    const first = page.getByRole('radio', { name: '1.1000.0' });
    await first.focus();
    await page.keyboard.press('End');
    const last = page.getByRole('radio', { name: '1.1.0', exact: true });
    await last.waitFor();
    expect(await last.evaluate((it) => document.activeElement === it)).toBe(true);
    expect(await last.isChecked()).toBe(true);
    const { bottom } = await last.evaluate((it) => it.getBoundingClientRect());
    expect(bottom).toBeLessThan(760);
    expect(await page.getByRole('radio', { name: /^1\./ }).count()).toBeLessThan(60);
    await page.keyboard.press('ArrowDown');
    await first.waitFor();
    expect(await first.evaluate((it) => document.activeElement === it)).toBe(true);
  });
});
