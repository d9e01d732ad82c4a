// Where the system replaces all colours by a few of its own (contrast themes), everything is still there. A light and a
// dark system have a file each, so that they run side by side.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { browse, serious } from './browser';
import { differences, unseen, withoutRing } from './colors';
import { textured, told } from './pictures';

const PAGES = [
  '#/publish',
  '#/activity',
  '#/activity/1',
  '#/accounts',
  '#/settings/general',
  '#/settings/appearance',
  '#/settings/network',
  '#/settings/transfer',
  '#/settings/shortcuts',
  '#/settings/diagnostics',
  '#/settings/about',
];

const OVERLAYS: [string, (page: Page) => Promise<void>][] = [
  ['the palette', (page) => page.keyboard.press('Control+k')],
  ['the shortcuts', (page) => page.keyboard.press('Control+/')],
  ['the image’s details', (page) => page.getByRole('button', { name: 'Inspect' }).click()],
];

/** A page with everything on it that the stand-in can show. */
async function shown(page: Page): Promise<Page> {
  const { hash } = new URL(page.url());
  if (hash === '#/publish') {
    // The registry has answered: until then every check is under way and every layer unknown.
    await page.getByRole('list', { name: 'Checks' }).getByText('Problem').first().waitFor();
  }
  return page;
}

export function forcedBy(colorScheme: 'light' | 'dark'): void {
  const open = browse();

  describe(`colours forced by a ${colorScheme} system`, () => {
    const forced = async (hash: string) =>
      shown(await open(`?fake=every${hash}`, { forcedColors: 'active', colorScheme }));

    it.each(PAGES)('%s: all is to be seen, the focus ring too, nothing serious', async (hash) => {
      const page = await forced(hash);
      expect(await unseen(page)).toEqual([]);
      // The ring and what axe judges are the same in both.
      if (colorScheme === 'dark') return;
      const { told, places } = await withoutRing(page);
      expect(told).toEqual([]);
      expect(places).toBeGreaterThan(4);
      expect(await serious(page)).toEqual([]);
    });

    it.each(OVERLAYS)('%s: seen, focus shown, nothing serious', async (_, press) => {
      const page = await forced('#/publish');
      await press(page);
      await page.getByRole('dialog').waitFor();
      expect(await unseen(page)).toEqual([]);
      if (colorScheme === 'dark') return;
      expect((await withoutRing(page)).told).toEqual([]);
      expect(await serious(page)).toEqual([]);
    });

    it.each(['#/publish', '#/activity/1'])('%s: layers keep their textures', async (hash) => {
      const page = await forced(hash);
      const swatches = page.locator('li > .layer');
      const looks = await textured(page, swatches);
      expect(looks.map((look) => look.state).length).toBeGreaterThan(4);
      expect(told(looks)).toEqual([]);
      const hatched = looks.filter(({ state }) =>
        ['there', 'notInFile', 'compressing'].includes(state),
      );
      expect(hatched.filter((look) => look.edges < 4).map((look) => look.state)).toEqual([]);
    });

    it.each([
      [
        'the rail',
        '#/activity',
        'nav[data-region] a[aria-current]',
        'nav[data-region] a:not([aria-current])',
      ],
      [
        'a section of the settings',
        '#/settings/network',
        '.body nav a[aria-current]',
        '.body nav a:not([aria-current])',
      ],
      [
        'the registry',
        '#/publish',
        '.segmented label:has(:checked)',
        '.segmented label:not(:has(:checked))',
      ],
      [
        'a filter',
        '#/activity',
        '.segmented label:has(:checked)',
        '.segmented label:not(:has(:checked))',
      ],
      [
        'a theme',
        '#/settings/appearance',
        'label:has(:checked) .sample',
        'label:not(:has(:checked)) .sample',
      ],
    ])(
      'what is selected differs from the rest by more than its ground: %s',
      async (_, hash, one, two) => {
        const page = await forced(hash);
        expect(await differences(page, one, two)).not.toEqual([]);
        // Where the rail has no words, their weight says nothing either.
        await page.setViewportSize({ width: 720, height: 520 });
        expect(await differences(page, one, two)).not.toEqual([]);
      },
    );

    it('a switch that is on differs from one that is off by more than its ground', async () => {
      const page = await forced('#/settings/appearance');
      const off = page.getByRole('switch', { checked: false }).first();
      const before = await off.locator('span').boundingBox();
      await off.click();
      await page.getByRole('switch', { checked: true }).first().waitFor();
      await page.waitForFunction(() => document.getAnimations().length === 0);
      const after = await page
        .getByRole('switch', { checked: true })
        .first()
        .locator('span')
        .boundingBox();
      expect(after?.x).not.toBe(before?.x);
      expect(await unseen(page)).toEqual([]);
    });

    it('a tab and a command that are selected differ by more than their ground', async () => {
      const page = await forced('#/publish');
      await page.getByRole('button', { name: 'Inspect' }).click();
      await page.getByRole('dialog').waitFor();
      const tab = '[role=tab][aria-selected=';
      expect(await differences(page, `${tab}true]`, `${tab}false]`)).not.toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
      const option = '[role=option][aria-selected=';
      expect(await differences(page, `${option}true]`, `${option}false]`)).not.toEqual([]);
    });

    it('the shape alone tells the states of checks apart', async () => {
      const page = await forced('#/publish');
      const icons = page.getByRole('list', { name: 'Checks' }).locator('li span > svg');
      const looks = await textured(page, icons);
      expect(looks.length).toBe(4);
      expect(told(looks)).toEqual([]);
    });

    it('how far a job is can be seen on its bar', async () => {
      const page = await forced('#/activity/1');
      const [bar] = await textured(page, page.getByRole('progressbar', { name: 'Publishing' }));
      expect(bar?.edges).toBeGreaterThan(1);
    });
  });
}
