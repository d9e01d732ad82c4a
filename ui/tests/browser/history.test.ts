// A long history: every row can be reached, and only those near what is seen are there.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { browse } from './browser';

const open = browse();
const ROWS = 10_000;
const PART = 200;

const reference = (id: number) => `ghcr.io/octo-org/monalisa:${id}`;
const row = (page: Page, id: number) => page.getByText(reference(id), { exact: true });

/** Rows that are there at this moment. */
const drawn = (page: Page) => page.locator('[id^=past-]').count();

const toEnd = (page: Page) =>
  page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));

it('ten thousand jobs can be scrolled to the very first, and few of them are there', async () => {
  const page = await open(`?past=${ROWS}#/activity`);
  await row(page, ROWS).waitFor();
  for (let left = ROWS - PART; left >= 0; left -= PART) {
    await toEnd(page);
    // The end moves on as soon as there is more.
    await row(page, left + 1).waitFor({ state: 'attached' });
    expect(await drawn(page)).toBeLessThan(100);
  }
  await row(page, 1).scrollIntoViewIfNeeded();
  expect(await row(page, 1).isVisible()).toBe(true);
  expect(await row(page, ROWS).count()).toBe(0);
  const last = page.getByRole('listitem', { name: `Publish ${reference(1)}`, exact: true });
  const [place, size] = [
    await last.getAttribute('aria-posinset'),
    await last.getAttribute('aria-setsize'),
  ];
  expect([place, Number(size) > 1]).toEqual([size, true]);
}, 120_000);

it('the row with the focus stays, wherever one scrolls', async () => {
  const page = await open(`?past=1000#/activity`);
  const menu = page
    .getByRole('listitem', { name: `Publish ${reference(998)}` })
    .getByRole('button', { name: 'More actions' });
  await menu.focus();
  await toEnd(page);
  await row(page, 1000 - PART + 1).waitFor({ state: 'attached' });
  expect(await row(page, 1000).count()).toBe(0);
  expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);
  await menu.press('Enter');
  expect(await page.getByRole('menuitem', { name: 'Show details' }).isVisible()).toBe(true);
});

it('Tab goes on through rows that were not there', async () => {
  const page = await open(`?past=300#/activity`);
  await row(page, 300).focus();
  const seen = new Set<string>();
  for (let key = 0; key < 200; key += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(
      () => document.activeElement?.closest('[aria-posinset]')?.getAttribute('aria-label') ?? '',
    );
    seen.add(name);
  }
  for (let id = 299; id > 250; id -= 1) expect(seen).toContain(`Publish ${reference(id)}`);
});

it('coming back finds the place, and what was read', async () => {
  const page = await open(`?past=1000#/activity`);
  await row(page, 1000).waitFor();
  await toEnd(page);
  await row(page, 1000 - PART + 1).waitFor({ state: 'attached' });
  await toEnd(page);
  await row(page, 1000 - 2 * PART + 1).waitFor({ state: 'attached' });
  const main = page.getByRole('main');
  await main.evaluate((element) => element.scrollTo(0, 15_000));
  await page.getByRole('link', { name: 'Publish' }).first().click();
  await page.getByRole('heading', { name: 'Publish', level: 1 }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
  await page.locator('html[data-rest=true]').waitFor();
  expect(await main.evaluate((element) => element.scrollTop)).toBe(15_000);
  expect(await drawn(page)).toBeGreaterThan(10);
});
