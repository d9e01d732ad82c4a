// The page as Vite serves it, with the stand-in host, in the system's own Chromium: nothing is downloaded.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  LaunchOptions,
  Page,
} from 'playwright-core';
import { chromium } from 'playwright-core';
import type { ViteDevServer } from 'vite';
import { createServer } from 'vite';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const AXE = join(ROOT, 'node_modules/axe-core/axe.min.js');

/** No sandbox: containers have none to offer, and the page is our own. Quiet: nothing leaves this computer. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The distribution's Chromium; where there are none, the Chrome or Edge that people have. */
function installed(): LaunchOptions {
  if (process.platform === 'win32') return { channel: 'msedge' };
  if (process.platform === 'darwin') return { channel: 'chrome' };
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = ['chromium', 'chromium-browser'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const executablePath = paths.find((path) => existsSync(path));
  if (!executablePath) throw new Error('Chromium is not installed: `cargo xtask test` sees to it');
  return { executablePath };
}

export type Surroundings = Pick<
  BrowserContextOptions,
  'forcedColors' | 'colorScheme' | 'reducedMotion' | 'viewport'
>;

/** Opens the page at an address such as `?fake=filled#/publish`. */
export type Open = (address: string, surroundings?: Surroundings) => Promise<Page>;

/** A server and a browser for the tests of a file. What the page complains of fails the test. */
export function browse(): Open {
  let server: ViteDevServer;
  let browser: Browser;
  let complaints: string[] = [];
  // Pages in the same surroundings share what they loaded.
  const contexts = new Map<string, Promise<BrowserContext>>();

  beforeAll(async () => {
    server = await createServer({
      root: ROOT,
      configFile: join(ROOT, 'vite.config.ts'),
      // Beside the cache of whoever develops the page at this moment.
      cacheDir: join(ROOT, 'node_modules/.vite-browser'),
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0, strictPort: false, hmr: false, watch: null },
    });
    await server.listen();
    browser = await chromium.launch({ ...installed(), args: FLAGS });
  });
  afterEach(async () => {
    const pages = browser.contexts().flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.close()));
    const told = complaints;
    complaints = [];
    expect(told).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

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
    const at = server.httpServer?.address();
    if (at === null || typeof at !== 'object') throw new Error('Vite listens nowhere');
    await page.goto(`http://127.0.0.1:${at.port}/${address}`);
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
