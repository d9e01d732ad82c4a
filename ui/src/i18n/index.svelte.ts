// The catalogue. A key that is missing in a language does not compile; a test finds keys nobody uses.

import { visible } from '../lib/visible';
import { en } from './en';
import { zhCN } from './zh-CN';

export type Key = keyof typeof en;
/** `en-XA` is English made long and strange: what is not from the catalogue, or has no room, shows. For tests. */
export type Language = 'en' | 'zh-CN' | 'en-XA';
export type Values = Record<string, string | number>;

const catalogues: Partial<Record<Language, Record<Key, string>>> = { en, 'zh-CN': zhCN };

const LETTERS: Record<string, string> = { a: 'á', e: 'é', i: 'í', o: 'ö', u: 'ü', c: 'ç', n: 'ñ' };

/** Longer by two fifths; values in braces stay. */
const strange = (text: string): string => {
  const accented = text.replace(/\{[^}]*\}|[aeioucn]/g, (part) => LETTERS[part] ?? part);
  return accented + ' ·'.repeat(Math.ceil(text.length / 5));
};

const catalogue = (language: Language): Record<Key, string> =>
  (catalogues[language] ??= Object.fromEntries(
    Object.entries(en).map(([key, text]) => [key, strange(text)]),
  ) as Record<Key, string>);

class I18n {
  language = $state<Language>('en');

  use(language: string): void {
    this.language = language === 'zh-CN' || language === 'en-XA' ? language : 'en';
    document.documentElement.lang = this.language;
  }
}

export const i18n = new I18n();

/** Made once: making one takes many times as long as using it. */
const formats = new Map<Language, [Intl.PluralRules, Intl.NumberFormat]>();

/** The text of `key`; `{x}` stands for a value. `{n|one|other}` chooses by number. */
export function t(key: Key, values: Values = {}): string {
  return fill(catalogue(i18n.language)[key], values, i18n.language);
}

/** The text of a key that comes from data, or nothing where the catalogue has none. */
export function maybe(key: string, values: Values = {}): string | undefined {
  return key in en ? t(key as Key, values) : undefined;
}

export function fill(text: string, values: Values, language: Language): string {
  const [plural, number] = formats.get(language) ?? [
    new Intl.PluralRules(language),
    new Intl.NumberFormat(language),
  ];
  formats.set(language, [plural, number]);
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one, other) => {
    const value = values[name];
    if (value === undefined) return whole;
    const shown = typeof value === 'number' ? number.format(value) : visible(value);
    if (one === undefined) return shown;
    const form = plural.select(Number(value)) === 'one' ? one : other;
    return form.replace('#', shown);
  });
}
