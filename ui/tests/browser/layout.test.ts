// Room in every window: what is said whole where it fits, how it gives way where not, and nothing that moves the window.

import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { result } from '../../src/backend/fake';
import { browse } from './browser';

const open = browse();

/** The usual window, the smallest one, and what a zoom of 175 % leaves of that. */
const USUAL = { width: 1180, height: 760 };
const SMALLEST = { width: 720, height: 520 };
const ENLARGED = { width: 411, height: 297 };
const WINDOWS = [USUAL, SMALLEST, ENLARGED];

async function scene(address: string, viewport: typeof USUAL): Promise<Page> {
  const page = await open(address, { viewport });
  await page.locator('html[data-rest=true]').waitFor();
  return page;
}

/** Where things are, page coordinates. */
const places = (things: Locator) =>
  things.evaluateAll((all) =>
    all.map((one) => {
      const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
      return { left, right, top, bottom, width, height, text: one.textContent.trim() };
    }),
  );

const place = async (thing: Locator) => {
  const [one] = await places(thing);
  if (!one) throw new Error('it is not there');
  return one;
};

/** Parts of the page that lie over one another, or beyond the edge of the window. */
const crowded = (page: Page, selector: string) =>
  page.evaluate((selector) => {
    const all = [...document.querySelectorAll(selector)].filter((it) => it.checkVisibility());
    const boxes = all.map((it) => it.getBoundingClientRect()).filter(({ width }) => width > 1);
    const over = boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter(
          (two) =>
            Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1 &&
            Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 1,
        )
        .map((two) => `${one.left},${one.top} lies over ${two.left},${two.top}`),
    );
    const out = boxes.filter(({ left, right }) => left < 0 || right > innerWidth + 1);
    return [...over, ...out.map(({ left, right }) => `${left} to ${right} leaves the window`)];
  }, selector);

describe('the result', () => {
  it.each(WINDOWS)('keeps the ends of commands and digests: $width', async (window) => {
    for (const name of ['done', 'legacy']) {
      const page = await scene(`?fake=${name}#/activity/1`, window);
      const codes = page.locator('main code');
      // The end is text of its own behind what may be cut: it lies within.
      const ends = await codes.evaluateAll((all) =>
        all.map((code) => {
          const range = document.createRange();
          range.selectNodeContents(code);
          if (code.firstElementChild) range.setStartAfter(code.firstElementChild);
          const end = range.getBoundingClientRect();
          return {
            whole: end.right <= code.getBoundingClientRect().right + 1,
            text: range.toString(),
            said: code.textContent,
          };
        }),
      );
      expect(ends.filter(({ whole }) => !whole)).toEqual([]);
      expect(ends.map(({ text }) => text)).toContain('/monalisa:2.4.0');
      if (name === 'done') expect(ends.map(({ said }) => said)).toContain(result.digest);
    }
  });

  it('shows a command whole where there is room', async () => {
    const page = await scene('?fake=done#/activity/1', USUAL);
    const head = page.getByTitle('docker pull ghcr.io/octo-org/monalisa:2.4.0').locator('.head');
    expect(await head.evaluate((it) => it.scrollWidth <= it.clientWidth)).toBe(true);
  });

  it('has its buttons beside the heading, and no remark below its fact', async () => {
    const page = await scene('?fake=legacy#/activity/1', USUAL);
    const heading = await place(page.getByRole('heading', { level: 2 }).first());
    const button = await place(page.getByRole('link', { name: 'Open package page' }));
    expect(button.top).toBeLessThan(heading.bottom);
    for (const { text, height } of await places(page.locator('.fact')))
      expect(height, text).toBeLessThan(40);
  });
});

describe('the reference', () => {
  it.each(WINDOWS)('keeps the version beside its name: $width', async (window) => {
    const page = await scene('?fake=tags#/publish', window);
    const name = await place(page.locator('.reference .imageName'));
    const version = await place(page.locator('.reference .version'));
    expect(version.top).toBe(name.top);
    expect(version.left).toBe(name.right);
    expect(await crowded(page, '.reference .part, .others li')).toEqual([]);
  });

  it('has one size, whatever its length', async () => {
    const page = await scene('?fake=filled#/publish', USUAL);
    const size = () =>
      page
        .locator('.reference .text')
        .first()
        .evaluate((it) => getComputedStyle(it).fontSize);
    const before = await size();
    await page.getByRole('textbox', { name: 'Image name' }).fill('a-much-longer-name-than-before');
    await page.locator('.reference', { hasText: 'than-before' }).waitFor();
    expect(await size()).toBe(before);
  });

  it('counts the versions that are too many, and shows them when asked', async () => {
    const page = await scene('?fake=tags#/publish', SMALLEST);
    const others = page.getByRole('list', { name: 'Further versions' });
    const more = page.getByRole('button', { name: '+ 197 more' });
    expect(await others.getByRole('listitem').count()).toBe(3);
    await more.press('Enter');
    expect(await others.getByRole('listitem').count()).toBe(200);
    expect((await place(page.locator('.others'))).height).toBeLessThan(120);
  });
});

it.each(WINDOWS)(
  '200 versions take a few lines, and arrows go through them: $width',
  async (window) => {
    const page = await scene('?fake=tags#/publish', window);
    const list = page.getByRole('list', { name: 'Versions', exact: true });
    expect((await place(list)).height).toBeLessThan(120);
    const field = page.getByRole('textbox', { name: 'Version' });
    await field.focus();
    await page.keyboard.press('Shift+Tab');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused()).toBe('Remove version v0.0.0');
    await page.keyboard.press('End');
    expect(await focused()).toBe('Remove version v199.0.0');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Delete');
    expect(await focused()).toBe('Remove version v198.0.0');
    // One stop for all of them.
    await page.keyboard.press('Tab');
    expect(await field.evaluate((it) => it === document.activeElement)).toBe(true);
  },
);

it.each(WINDOWS)(
  'nothing in the header and the strip lies over anything: $width',
  async (window) => {
    const page = await scene('?fake=tags#/publish', window);
    expect(
      await crowded(page, 'header > :not(.grow), .strip .facts, .strip .top > button'),
    ).toEqual([]);
    const cut = await page.locator('h1').evaluate((title) => title.scrollWidth > title.clientWidth);
    expect(cut).toBe(false);
    const sideways = await page
      .locator('main')
      .evaluate((main) => main.scrollWidth - main.clientWidth);
    expect(sideways).toBe(0);
  },
);

const PAGES = [
  '?fake=tags#/publish',
  '?fake=full#/publish',
  '?fake=full#/activity',
  '?fake=full#/activity/1',
  '?fake=done#/activity/1',
  '?fake=accounts#/accounts',
  '?fake=every#/settings/appearance',
  '?fake=hosts#/settings/hosts',
  '?fake=every#/settings/shortcuts',
];

describe.each([USUAL, SMALLEST])('the window of $width', (window) => {
  it.each(PAGES)('never moves: %s', async (address) => {
    const page = await scene(address, window);
    const told = await page.evaluate(() => {
      const hidden = [...document.querySelectorAll<HTMLElement>('input.visually-hidden')];
      const frame = [document.documentElement, document.body, document.getElementById('app')];
      const moved: string[] = [];
      const look = (when: string) => {
        for (const element of frame) {
          if (!element) continue;
          element.scrollTop = element.scrollLeft = 100;
          if (element.scrollTop || element.scrollLeft || element.getBoundingClientRect().top)
            moved.push(`${element.tagName} moves ${when}`);
        }
      };
      look('at first');
      for (const input of hidden) {
        input.focus();
        look(`at ${input.outerHTML}`);
        // It is where its words are, and these are seen.
        const words = (input.closest('label') ?? input).getBoundingClientRect();
        const at = input.getBoundingClientRect();
        if (at.top < words.top - 2 || at.bottom > words.bottom + 2)
          moved.push(`${input.outerHTML} is elsewhere than its words`);
      }
      const inside = [...document.querySelectorAll('.visually-hidden')].filter((element) => {
        let positioned = element.parentElement;
        while (positioned && getComputedStyle(positioned).position === 'static')
          positioned = positioned.parentElement;
        return positioned !== element.parentElement;
      });
      return [...moved, ...inside.map((it) => it.outerHTML.slice(0, 120))];
    });
    expect(told).toEqual([]);
  });

  it('is moved by PageDown and Space from the title of a page', async () => {
    const page = await scene('?fake=full#/activity/1', window);
    const top = () => page.locator('main').evaluate((main) => main.scrollTop);
    await page.locator('h1:focus').waitFor();
    await page.keyboard.press('PageDown');
    expect(await top()).toBeGreaterThan(100);
    await page.keyboard.press('Shift+Space');
    expect(await top()).toBe(0);
  });
});

describe('a control', () => {
  const PAGES = [
    'installTags#/install',
    'installed#/install/1',
    'engines#/publish/engines',
    'build#/publish/build',
  ];

  it.each(PAGES)('of an icon alone keeps its room beside a long text: %s', async (address) => {
    const page = await scene(`?fake=${address}`, USUAL);
    for (const { width, height } of await places(page.locator('.button.icon-only:visible')))
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
  });

  it.each(PAGES)('says what may be typed as legibly as what is muted: %s', async (address) => {
    const page = await scene(`?fake=${address}`, USUAL);
    const colors = await page.evaluate(() => {
      const muted = document.createElement('span');
      muted.style.color = 'var(--fgColor-muted)';
      document.body.append(muted);
      const hints = [...document.querySelectorAll('input[placeholder]')];
      const of = (it: Element, part?: string) => getComputedStyle(it, part).color;
      return { muted: of(muted), hints: hints.map((it) => of(it, '::placeholder')) };
    });
    for (const hint of colors.hints) expect(hint).toBe(colors.muted);
  });
});
