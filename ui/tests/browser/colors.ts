// What can be seen where the system replaces all colours. Each function runs inside the page.

import type { Page } from 'playwright-core';

/** Everything that is operated. */
export const CONTROLS = [
  'a[href]',
  'button',
  'input',
  'select',
  'textarea',
  'summary',
  '[role=option]',
  '[tabindex="0"]',
].join();

/** Controls, text, icons and bars that nobody sees on this page, told by their HTML. */
export function unseen(page: Page): Promise<string[]> {
  return page.evaluate((controls) => {
    const names = 'Canvas CanvasText LinkText VisitedText ActiveText ButtonFace ButtonText'.split(
      ' ',
    );
    names.push(...'ButtonBorder Field FieldText Highlight HighlightText GrayText'.split(' '));
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.setProperty('forced-color-adjust', 'none');
    const system = new Set(
      names.map((name) => {
        probe.style.color = name;
        return getComputedStyle(probe).color;
      }),
    );
    probe.remove();

    const clear = (color: string) => /^rgba\(.*, 0\)$/.test(color);
    /** The colour behind an element. */
    function ground(element: Element | null): string {
      for (let at = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (!clear(backgroundColor)) return backgroundColor;
      }
      return getComputedStyle(document.body).backgroundColor;
    }
    /** Relative luminance and contrast as WCAG 2.2 defines them. */
    function luminance(color: string): number {
      const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }
    function contrast(one: string, two: string): number {
      const [light, dark] = [luminance(one), luminance(two)].sort((a, b) => b - a) as [
        number,
        number,
      ];
      return (light + 0.05) / (dark + 0.05);
    }
    const shown = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) && !element.closest('.visually-hidden');
    /** A line of the system's colours around it. */
    const bordered = (element: Element) => {
      const { borderBottomStyle, borderBottomWidth, borderBottomColor } = getComputedStyle(element);
      const drawn = borderBottomStyle !== 'none' && parseFloat(borderBottomWidth) >= 1;
      const behind = ground(element.parentElement);
      return drawn && system.has(borderBottomColor) && borderBottomColor !== behind;
    };
    const told: string[] = [];
    const tell = (what: string, element: Element) =>
      told.push(`${what}: ${element.outerHTML.replace(/\s+/g, ' ').slice(0, 160)}`);

    for (const control of document.querySelectorAll<HTMLElement>(controls)) {
      if (!shown(control)) continue;
      const isField = control.matches('input:not([type=range]), select, textarea');
      // A field's frame may be around it; the palette's is the whole head of its dialog.
      const frame = control.closest('.input, .field-row') ?? control;
      const bare = !control.innerText.trim() && !control.querySelector('svg');
      if ((isField || control.matches('[role=switch]')) && !bordered(frame))
        tell('no border', control);
      else if (control.matches('a, button') && bare && !bordered(control))
        tell('neither text nor border', control);
    }
    for (const element of document.querySelectorAll('body *')) {
      if (!shown(element)) continue;
      const isText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      const { color } = getComputedStyle(element);
      const behind = ground(element);
      if (isText && !(system.has(color) && color !== behind))
        tell(`text ${color} on ${behind}`, element);
      // The system leaves the colours of icons alone.
      if (element.matches('svg[fill=currentColor]') && contrast(color, behind) < 3)
        tell(`icon ${color} on ${behind}`, element);
      if (element.matches('[role=progressbar]') && !bordered(element))
        tell('a bar without its track', element);
    }
    return told;
  }, CONTROLS);
}

/** Tabs once round the page; tells where no ring shows that the focus is there, and how many places there were. */
export async function withoutRing(page: Page): Promise<{ told: string[]; places: number }> {
  const told: string[] = [];
  for (let presses = 0, places = 0; presses < 300; presses += 1) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const focused = document.activeElement;
      // Behind the last place comes the browser's own frame, then the first one.
      if (!(focused instanceof HTMLElement) || focused === document.body) return 'outside';
      if (focused.dataset['tabbed']) return 'round';
      focused.dataset['tabbed'] = 'yes';
      // A field's ring is drawn around its frame, a hidden radio's around its label or the picture in it.
      const label = focused.closest('label');
      const frames = [focused, focused.closest('.input'), focused.closest('.field-row'), label];
      const canvas = getComputedStyle(document.body).backgroundColor;
      const ringed = [...frames, ...(label?.children ?? [])].some((element) => {
        if (!element || element.closest('.visually-hidden')) return false;
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        const seen = outlineColor !== canvas && !/^rgba\(.*, 0\)$/.test(outlineColor);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && seen;
      });
      return ringed ? 'ringed' : focused.outerHTML.replace(/\s+/g, ' ').slice(0, 160);
    });
    if (found === 'round') return { told, places };
    if (found === 'outside') continue;
    places += 1;
    if (found !== 'ringed') told.push(found);
  }
  throw new Error('the focus goes round without an end');
}

/** How two elements differ besides the weight of their text and the colour of their ground: in lines and marks. */
export function differences(page: Page, selected: string, other: string): Promise<string[]> {
  return page.evaluate(
    ([selected, other]) => {
      const canvas = getComputedStyle(document.body).backgroundColor;
      const look = (selector: string): Record<string, string> => {
        const element = document.querySelector(selector);
        if (!element) throw new Error(`there is no ${selector}`);
        const style = getComputedStyle(element);
        const { content, backgroundColor } = getComputedStyle(element, '::before');
        return {
          outline: `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`,
          border: `${style.borderBottomWidth} ${style.borderBottomColor}`,
          image: style.backgroundImage,
          // One that has the canvas's own colour is not to be seen.
          mark: content === 'none' || backgroundColor === canvas ? 'none' : backgroundColor,
        };
      };
      const [one, two] = [look(selected), look(other)];
      return Object.keys(one).filter((name) => one[name] !== two[name]);
    },
    [selected, other] as const,
  );
}
