// The sentences of the window's contract: word for word in both languages.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { en } from '../src/i18n/en';
import { zhCN } from '../src/i18n/zh-CN';

const TABLE = resolve(import.meta.dirname, '../../tests/contract/sentences.md');

interface Row {
  id: string;
  english: string;
  chinese: string;
  fix: string;
}

function rows(): Row[] {
  return readFileSync(TABLE, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const [, id = '', , english = '', chinese = '', fix = ''] = cells;
      return /^\w+\.\w+$/.test(id) ? [{ id, english, chinese, fix }] : [];
    });
}

/** Without what stands for values: their names are the code's own. */
const shape = (text: string) => text.replace(/\{[^}]*\}/g, '{}');

/** Whether `text` is a sentence of the catalogue for `id`, of a field or of the pre-flight card. */
function says(catalogue: Record<string, string>, id: string, text: string): boolean {
  // What takes the registry's answer stands on the card, where versions are tags.
  const check = `check.${id.replace('version.moves', 'tag.moves')}.fact`;
  return [id, check].some((key) => shape(catalogue[key] ?? '') === shape(text));
}

describe('the contract', () => {
  it('has a table', () => expect(rows().length).toBeGreaterThan(30));

  it('is kept word for word in English and Chinese', () => {
    const missing = rows().flatMap(({ id, english, chinese }) => [
      ...(says(en, id, english) ? [] : [`${id}: ${english}`]),
      ...(says(zhCN, id, chinese) ? [] : [`${id}: ${chinese}`]),
    ]);
    expect(missing).toEqual([]);
  });

  it('names every fix as the buttons do', () => {
    const words = (catalogue: Record<string, string>) =>
      Object.entries(catalogue)
        .filter(([key]) => key.startsWith('fix.'))
        .map(([, text]) => shape(text));
    const missing = rows()
      .filter(({ fix }) => fix !== 'none')
      .flatMap(({ id, fix }) => {
        const [english = '', chinese = ''] = fix.split(' / ');
        // What is named in the table's example is a value.
        const value = (text: string) => shape(text).replace(/“[^”]*”/, '“{}”');
        const plain = (text: string) => value(text).replace(/ghcr\.io|linux\/amd64/, '{}');
        const has = (catalogue: Record<string, string>, text: string) =>
          words(catalogue).some((known) => plain(known) === plain(text));
        return [
          ...(has(en, english) ? [] : [`${id}: ${english}`]),
          ...(has(zhCN, chinese) ? [] : [`${id}: ${chinese}`]),
        ];
      });
    expect(missing).toEqual([]);
  });
});
