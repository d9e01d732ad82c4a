// The page in front of the stand-in host, in the system's own Chromium: nothing is downloaded. `serve.ts` sees to both.

import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

const AXE = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));

export type Surroundings = Pick<
  BrowserContextOptions,
  'forcedColors' | 'colorScheme' | 'reducedMotion' | 'viewport'
>;

/** Opens the page at an address such as `?fake=filled#/publish`. */
export type Open = (address: string, surroundings?: Surroundings) => Promise<Page>;

/** The pages of a file's tests. What the page complains of fails the test. */
export function browse(): Open {
  let browser: Browser;
  let complaints: string[] = [];
  // Pages in the same surroundings share what they loaded.
  const contexts = new Map<string, Promise<BrowserContext>>();

  beforeAll(async () => {
    browser = await chromium.connect(inject('browser'));
  });
  afterEach(async () => {
    const pages = browser.contexts().flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.close()));
    const told = complaints;
    complaints = [];
    expect(told).toEqual([]);
  });
  afterAll(() => browser?.close());

  return async (address, surroundings = {}) => {
    const key = JSON.stringify(surroundings);
    const viewport = { width: 1180, height: 760 };
    const context = contexts.get(key) ?? browser.newContext({ viewport, ...surroundings });
    contexts.set(key, context);
    const page = await (await context).newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The window has no tab that wants an icon.
      if (message.type() !== 'error' || message.location().url.endsWith('/favicon.ico')) return;
      complaints.push(message.text());
    });
    await page.goto(inject('page') + address);
    await page.locator('h1').waitFor();
    return page;
  };
}

/** What axe finds serious, colours included. */
export async function serious(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  });
}
