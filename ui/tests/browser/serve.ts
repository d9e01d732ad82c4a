// Once a run: the page built with the stand-in host and served from memory on loopback, and one browser for all files.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { LaunchOptions } from 'playwright-core';
import { chromium } from 'playwright-core';
import { build, defaultClientConditions } from 'vite';
import type { TestProject } from 'vitest/node';

import { STAND_IN } from '../../vite.config';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the page is. */
    page: string;
    /** Where the browser listens. */
    browser: string;
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

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

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The files of the page, by their address. */
async function built(): Promise<Map<string, string | Uint8Array>> {
  const made = await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    mode: STAND_IN,
    logLevel: 'warn',
    resolve: { conditions: [...defaultClientConditions] },
    build: { write: false, minify: false },
  });
  if (!('output' in made)) throw new Error('one page was to be built');
  return new Map(
    made.output.map((file) => [
      `/${file.fileName}`,
      file.type === 'chunk' ? file.code : file.source,
    ]),
  );
}

export default async function serve({ provide }: TestProject): Promise<() => Promise<void>> {
  const [files, browser] = await Promise.all([
    built(),
    chromium.launchServer({ ...installed(), args: FLAGS }),
  ]);
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    const path = pathname === '/' ? '/index.html' : pathname;
    const file = files.get(path);
    if (file === undefined) return answer.writeHead(404).end();
    // Its name changes with what is in it; pages in the same surroundings load it once.
    answer.setHeader('cache-control', path === '/index.html' ? 'no-store' : 'max-age=3600');
    answer.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    return answer.end(file);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  provide('page', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
}
