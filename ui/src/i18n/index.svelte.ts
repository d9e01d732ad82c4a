// The catalogue. A key that is missing in a language does not compile; a test finds keys nobody uses.

import { en } from './en';
import { zhCN } from './zh-CN';

export type Key = keyof typeof en;
export type Language = 'en' | 'zh-CN';
export type Values = Record<string, string | number>;

const catalogues: Record<Language, Record<Key, string>> = { en, 'zh-CN': zhCN };

class I18n {
  language = $state<Language>('en');

  use(language: string): void {
    this.language = language === 'zh-CN' ? 'zh-CN' : 'en';
    document.documentElement.lang = this.language;
  }
}

export const i18n = new I18n();

/** The text of `key`; `{x}` stands for a value. `{n|one|other}` chooses by number. */
export function t(key: Key, values: Values = {}): string {
  return fill(catalogues[i18n.language][key], values, i18n.language);
}

/** The text of a key that comes from data, or nothing where the catalogue has none. */
export function maybe(key: string, values: Values = {}): string | undefined {
  return key in en ? t(key as Key, values) : undefined;
}

export function fill(text: string, values: Values, language: Language): string {
  const plural = new Intl.PluralRules(language);
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one, other) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined) return String(value);
    const form = plural.select(Number(value)) === 'one' ? one : other;
    return form.replace('#', String(value));
  });
}
