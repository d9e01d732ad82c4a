// Who may know whom among the rooms of the page: every import of every source is looked at.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, it } from 'vitest';

/** What each room may use beside itself. A page's own folder is a room, and no room may use that of another page. */
const MAY: Record<string, string[]> = {
  bindings: [],
  i18n: ['lib', 'bindings'],
  lib: ['i18n', 'bindings'],
  components: ['lib', 'i18n', 'bindings'],
  backend: ['lib', 'i18n', 'bindings'],
  shell: ['backend', 'lib', 'i18n', 'bindings'],
};
const PAGES_MAY = ['shell', 'backend', 'components', 'lib', 'i18n', 'bindings'];

/** They put the page together, so they may use everything. */
const TOP = ['src/App.svelte', 'src/main.ts'];

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** `features/publish`, `shell`; a file that lies in no room has its own name. */
function room(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  return first === 'features' ? `${first}/${second}` : first;
}

/** The paths that `text` imports, types and later ones as well, and what it passes on from elsewhere. */
const imports = (text: string): string[] =>
  [
    ...text.matchAll(/\bfrom\s*['"]([^'"]+)['"]/g),
    ...text.matchAll(/\bimport\s*\(?\s*['"]([^'"]+)['"]/g),
  ].map((match) => match[1] ?? '');

/** The file that a relative path means. */
function resolved(from: string, path: string): string | undefined {
  const bare = normalize(join(dirname(from), path.replace(/\?\w+$/, '')));
  return ['', '.ts', '.svelte.ts'].map((end) => bare + end).find((file) => existsSync(file));
}

const arrows = files('src').flatMap((file) =>
  imports(readFileSync(file, 'utf8'))
    .filter((path) => path.startsWith('.'))
    .map((path) => ({ file, path, target: resolved(file, path) })),
);

/** Whether a source of one room may use another one. */
const may = (from: string, to: string): boolean =>
  from === to || (from.startsWith('features/') ? PAGES_MAY : (MAY[from] ?? [])).includes(to);

describe('the rooms of the page', () => {
  it('sees every way to import', () => {
    const text = `import a from './a'; import type { B } from "./b"; import {\n  c,\n} from './c';
      const d = import('./d'); type E = import('./e').E; import './f.css'; export * from './g';`;
    const all = ['./a', './b', './c', './d', './e', './f.css', './g'];
    expect(imports(text).sort()).toEqual(all);
    expect(arrows.length).toBeGreaterThan(400);
    expect(arrows.filter(({ target }) => target === undefined)).toEqual([]);
  });

  it('know only whom they may know', () => {
    const wrong = arrows.flatMap(({ file, target = '' }) => {
      // What lies outside of the sources is nobody's page.
      if (TOP.includes(file) || !target.startsWith('src/')) return [];
      return may(room(file), room(target)) ? [] : [`${file} uses ${target}`];
    });
    expect(wrong).toEqual([]);
  });
});
