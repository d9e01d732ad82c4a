import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import words from '../../crates/app/words/en.json';
import wordsInChinese from '../../crates/app/words/zh-CN.json';
import { ABOUT } from '../src/bindings/params';
import type { CheckName, Code, RuleId } from '../src/bindings/view';
import { en } from '../src/i18n/en';
import { fill } from '../src/i18n/index.svelte';
import { zhCN } from '../src/i18n/zh-CN';
import params from './params.json';

/** The catalogue in parts, one a feature. */
const parts = import.meta.glob<Record<string, Record<string, string>>>('../src/i18n/*/en.ts', {
  eager: true,
});

const names = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort();

function sources(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => !path.includes('i18n') && !path.includes('bindings'))
    .map((path) => (statSync(path).isDirectory() ? sources(path) : readFileSync(path, 'utf8')))
    .join('\n');
}

describe('the catalogue', () => {
  it('names the same values in both languages', () => {
    for (const [key, text] of Object.entries(en)) {
      const other = zhCN[key as keyof typeof en];
      expect(new Set(names(other)), key).toEqual(new Set(names(text)));
    }
  });

  // The types see a key that is missing in one language, but neither one too many nor another order.
  it('has the same data in both languages', () => {
    expect(Object.keys(wordsInChinese)).toEqual(Object.keys(words));
    expect(Object.keys(words).length).toBeGreaterThan(400);
  });

  it('has every part, and no key twice', () => {
    const own = Object.values(parts).flatMap((part) => Object.values(part).flatMap(Object.keys));
    const all = [...Object.keys(words), ...own];
    expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual([]);
    expect(all.sort()).toEqual(Object.keys(en).sort());
  });

  it('has no key that nobody uses', () => {
    const code = sources('src');
    // Keys that are made from data: the beginning stands in the code, the rest comes from Rust.
    const made = [...code.matchAll(/`([\w.]*)\$\{/g)]
      .map((match) => match[1] ?? '')
      .filter(Boolean);
    const ends = [...code.matchAll(/\}((?:\.\w+)+)`/g)].map((match) => match[1] ?? '');
    // Ids and codes stand in the types; a Rust test sees to what the command says.
    const types = readFileSync('src/bindings/view.ts', 'utf8');
    const id = (key: string) => key.replace(/\.(title|cause|why|who)(\.[\w.]+)?$/, '');
    const used = (key: string) =>
      code.includes(`'${key}'`) ||
      types.includes(`"${id(key)}"`) ||
      key.startsWith('command.') ||
      made.some((start) => key.startsWith(start)) ||
      ends.some((end) => key.endsWith(end));
    expect(Object.keys(en).filter((key) => !used(key))).toEqual([]);
  });

  // A Rust test does so for the texts of `words/`.
  it('names of a failure what its code has, in the texts of the page itself', () => {
    const codes: Record<Code, string[]> = params;
    const own = Object.entries(en).filter(([key]) => !(key in words));
    const of = own.flatMap(([key, text]) => {
      const code = Object.keys(codes).find((code) => key.endsWith(`.${code}`));
      return code ? [{ key, text, known: [...ABOUT, ...codes[code as Code]] }] : [];
    });
    expect(of.map(({ key }) => key)).toContain('message.denied.packageRole');
    for (const { key, text, known } of of)
      expect(
        names(text).filter((name) => !known.includes(name as (typeof known)[number])),
        key,
      ).toEqual([]);
  });

  // What is missing here does not compile.
  it('has three texts for every code that Rust can send', () => {
    const texts: Record<`${Code}.${'title' | 'cause' | 'who'}`, string> = en;
    expect(Object.values(texts).every(Boolean)).toBe(true);
  });

  it('has words for every rule of a name', () => {
    const texts: Record<RuleId, string> = en;
    expect(Object.values(texts).every(Boolean)).toBe(true);
  });

  it('has words for every check of the pre-flight card', () => {
    // What GitHub says of a destination and a token has a title and a fact.
    type Said =
      | `owner.${'user' | 'organization' | 'unknown'}`
      | `repo.${'there' | 'unknown' | 'archived' | 'renamed'}`
      | `package.${'public' | 'internal' | 'private' | 'new'}`
      | `token.${'accepted' | 'scope' | 'expired' | 'expiring' | 'sso'}`;
    const texts: Record<`check.${CheckName}` | `check.${Said & CheckName}.fact`, string> = en;
    expect(Object.values(texts).every(Boolean)).toBe(true);
  });

  it('chooses between one and many', () => {
    expect(fill('{n|# tag|# tags}', { n: 1 }, 'en')).toBe('1 tag');
    expect(fill('{n|# tag|# tags}', { n: 2 }, 'en')).toBe('2 tags');
    expect(fill('{a} of {b}', { a: 1 }, 'en')).toBe('1 of {b}');
  });
});
