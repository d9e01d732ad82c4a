// At its fullest and in the smallest window: whatever scrolls can be scrolled by keyboard, in engines too that let no
// focus go to a scroller by itself.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { browse, serious } from './browser';

const open = browse();

/** What scrolls, and what of it no keyboard reaches or has no name. */
function scrollers(page: Page): Promise<{ scrolling: string[]; wrong: string[] }> {
  return page.evaluate(() => {
    const told = (element: Element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 120);
    const moves = (element: Element) => {
      const { overflowX, overflowY } = getComputedStyle(element);
      const may = (overflow: string) => overflow === 'auto' || overflow === 'scroll';
      return (
        (may(overflowY) && element.scrollHeight > element.clientHeight) ||
        (may(overflowX) && element.scrollWidth > element.clientWidth)
      );
    };
    // The property is 0 for links and controls; scrollers of Chromium have -1 without the attribute.
    const stop = (element: Element) =>
      element instanceof HTMLElement && element.tabIndex >= 0 && element.checkVisibility();
    const named = (element: Element) =>
      element.hasAttribute('role') || element.matches('main, nav')
        ? element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby')
        : false;
    // The field that has the focus moves it with the arrows.
    const led = (element: Element) => {
      const holder = document.activeElement;
      const option = holder?.getAttribute('aria-activedescendant');
      return (
        (holder !== null && element !== holder && element.contains(holder)) ||
        (!!option && element.querySelector(`#${option}`) !== null)
      );
    };
    const found = [...document.querySelectorAll('body *')].filter(
      (element) => element.checkVisibility() && moves(element),
    );
    const wrong = found.filter((element) => {
      if (stop(element)) return !named(element);
      return !led(element) && ![...element.querySelectorAll('*')].some(stop);
    });
    return { scrolling: found.map(told), wrong: wrong.map(told) };
  });
}

const press = (role: 'button' | 'tab', name: string) => (page: Page) =>
  page.getByRole(role, { name, exact: true }).first().click();
const keys = (combination: string) => (page: Page) => page.keyboard.press(combination);

const PLACES: [string, string, ((page: Page) => Promise<unknown>)[], string][] = [
  ['the form', '#/publish', [], '<main'],
  ['the details of an image', '#/publish', [press('button', 'Inspect')], 'content'],
  [
    'its configuration',
    '#/publish',
    [press('button', 'Inspect'), press('tab', 'Configuration')],
    '<pre',
  ],
  ['its findings', '#/publish', [press('button', 'Inspect'), press('tab', 'Findings')], 'content'],
  ['the owners', '#/publish', [press('button', 'Choose owner')], '<ul role="listbox"'],
  ['the log of a job', '#/activity/1', [press('button', 'Log')], 'class="log'],
  ['the jobs', '#/activity', [], '<main'],
  ['the accounts', '#/accounts', [], 'role="listbox"'],
  ['the report', '#/settings/diagnostics', [], '<pre'],
  ['the shortcuts', '#/settings/shortcuts', [], '<main'],
  ['the sheet of shortcuts', '#/publish', [keys('Control+/')], 'content'],
  ['the palette', '#/publish', [keys('Control+k')], 'palette-list'],
];

it.each(PLACES)('%s can be scrolled by keyboard', async (_, hash, steps, which) => {
  const page = await open(`?fake=full${hash}`, { viewport: { width: 720, height: 520 } });
  const atRest = page.locator('html[data-rest=true]');
  await atRest.waitFor();
  for (const step of steps) await step(page);
  await atRest.waitFor();
  const { scrolling, wrong } = await scrollers(page);
  expect(scrolling.join('\n')).toContain(which);
  expect(wrong).toEqual([]);
});

it('the log of a job shows that it has the focus, and moves with the keys', async () => {
  const page = await open('?fake=full#/activity/1', { viewport: { width: 720, height: 520 } });
  await press('button', 'Log')(page);
  const log = page.getByRole('region', { name: 'Log', exact: true });
  await page.keyboard.press('Tab');
  expect(await log.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await log.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  await page.keyboard.press('End');
  await page.waitForFunction(() => (document.activeElement?.scrollTop ?? 0) > 0);
  expect(await serious(page)).toEqual([]);
});
