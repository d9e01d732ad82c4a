// A long history: every row can be reached, and rows out of sight are not laid out.

import { expect, it } from 'vitest';

import { browse } from './browser';

const open = browse();
const ROWS = 10_000;

it('ten thousand jobs can be scrolled to the very first', async () => {
  const page = await open(`?past=${ROWS}#/activity`);
  const rows = page.locator('li.job');
  await rows.first().waitFor();
  const main = page.getByRole('main');
  for (let parts = 0; parts < ROWS; parts += 200) {
    await main.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.waitForFunction(
      (wanted) => document.querySelectorAll('li.job').length >= wanted,
      Math.min(parts + 200, ROWS),
    );
  }
  expect(await rows.count()).toBe(ROWS);
  const last = page.getByText('ghcr.io/octo-org/monalisa:1', { exact: true });
  await last.scrollIntoViewIfNeeded();
  expect(await last.isVisible()).toBe(true);
  // The first is far away by now: its content takes no part in the layout.
  const first = page.getByText(`ghcr.io/octo-org/monalisa:${ROWS}`, { exact: true });
  expect(await first.evaluate((row) => row.checkVisibility({ contentVisibilityAuto: true }))).toBe(
    false,
  );
});
