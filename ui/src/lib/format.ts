// How numbers, sizes, digests and times are shown.

import { i18n, t } from '../i18n/index.svelte';

/** The catalogue's English is British. */
export const locale = (): string => (i18n.language === 'en' ? 'en-GB' : i18n.language);

/** Making a formatter takes many times as long as using it, so each is made once. */
function numbers(options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${i18n.language} ${JSON.stringify(options)}`;
  const made = numberFormats.get(key) ?? new Intl.NumberFormat(i18n.language, options);
  numberFormats.set(key, made);
  return made;
}

const numberFormats = new Map<string, Intl.NumberFormat>();

/** The same for times, which are those of where the computer is at the moment. */
function times(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zone = new Date().getTimezoneOffset();
  const key = `${i18n.language} ${zone} ${JSON.stringify(options)}`;
  const made = timeFormats.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  timeFormats.set(key, made);
  return made;
}

const timeFormats = new Map<string, Intl.DateTimeFormat>();

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** The unit that a size is told in: its name, how many bytes it has, and the digits behind the point. */
function scale(count: number): [unit: string, size: number, digits: number] {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit + 1 < units.length) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return [units[unit] ?? '', 1000 ** unit, digits];
}

const decimals = (value: number, digits: number): string =>
  numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** Decimal, three significant digits: 12.4 MB. */
export function bytes(count: number): string {
  const [unit, size, digits] = scale(count);
  return `${decimals(count / size, digits)} ${unit}`;
}

/** A part of it as it is told, without the unit: the 4.2 of 12.4 MB. */
export function bytesOf(part: number, whole: number): string {
  const [, size, digits] = scale(whole);
  return decimals(part / size, digits);
}

/** The exact number, for tooltips. */
export const exactBytes = (count: number): string => `${numbers().format(count)} B`;

/** Facts in a row; what is not known is left out. */
export const commas = (...facts: (string | false | null | undefined)[]): string =>
  facts.filter(Boolean).join(t('comma'));

/** What stands between two sentences: nothing in Chinese. */
export const gap = (): string => (i18n.language === 'zh-CN' ? '' : ' ');

/** Sentences one after another. */
export const sentences = (...all: string[]): string => all.filter(Boolean).join(gap());

export const speed = (perSecond: number): string => `${bytes(perSecond)}/s`;

/** `3f1c…9ab2` */
export function shortDigest(digest: string): string {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return hex.length > 8 ? `${hex.slice(0, 4)}…${hex.slice(-4)}` : hex;
}

/** `sha256:c41b90e7f2a8…b108d2`: enough to compare by eye. */
export function middleDigest(digest: string, head = 16, tail = 8): string {
  const [algorithm, hex = ''] = digest.split(':');
  if (hex.length <= head + tail + 2) return digest;
  return `${algorithm}:${hex.slice(0, head)}…${hex.slice(-tail)}`;
}

/** Letters of a name with its version that are seen in any window. */
const MOST = 28;

/** What must be seen of a command, reference or digest: enough of a digest to compare, else name and version. */
export function ending(text: string): string {
  if (/\b[0-9a-f]{64}$/.test(text)) return text.slice(-8);
  return text.slice(Math.max(text.lastIndexOf('/'), 0)).slice(-MOST);
}

/** Relative up to six days, then a date. `seconds` since 1970. */
export function ago(seconds: number, now = Date.now() / 1000): string {
  const past = now - seconds;
  const relative = new Intl.RelativeTimeFormat(i18n.language, { numeric: 'auto' });
  if (past < 60) return relative.format(0, 'second');
  if (past < 3600) return relative.format(-Math.floor(past / 60), 'minute');
  if (past < 86_400) return relative.format(-Math.floor(past / 3600), 'hour');
  if (past < 7 * 86_400) return relative.format(-Math.floor(past / 86_400), 'day');
  return day(seconds);
}

/** How old something is, where there is little room: `4 min`, `2 days`, `3 wks`. `seconds` since 1970. */
export function age(seconds: number, now = Date.now() / 1000): string {
  const past = Math.max(60, now - seconds);
  const [unit, length] = AGES.findLast(([, length]) => past >= length) ?? AGES[0];
  return numbers({ style: 'unit', unit, unitDisplay: 'short' }).format(Math.floor(past / length));
}

/** From so many seconds on. */
const AGES = [
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
  ['week', 7 * 86_400],
  ['month', 61 * 43_200],
  ['year', 365 * 86_400],
] as const;

/** `16 December 2026` */
export const day = (seconds: number): string => times({ dateStyle: 'long' }).format(seconds * 1000);

/** `14:02` */
export const clock = (seconds: number, withSeconds = false): string =>
  times({ timeStyle: withSeconds ? 'medium' : 'short', hourCycle: 'h23' }).format(seconds * 1000);

/** A whole date, with the day of the week. */
export const date = (seconds: number): string =>
  times({ dateStyle: 'full' }).format(seconds * 1000);

/** `22 s`, `1 min 40 s` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return t('unit.second', { n: whole });
  const [large, small] =
    minutes < 60
      ? [t('unit.minute', { n: minutes }), whole % 60 && t('unit.second', { n: whole % 60 })]
      : [
          t('unit.hour', { n: Math.floor(minutes / 60) }),
          minutes % 60 && t('unit.minute', { n: minutes % 60 }),
        ];
  return small ? `${large} ${small}` : large;
}

/** A duration that was measured, in milliseconds: `9.8 s`, `14 ms`. */
export function measured(milliseconds: number): string {
  if (milliseconds < 1000) return t('unit.millisecond', { n: Math.round(milliseconds) });
  if (milliseconds < 60_000) {
    const n = numbers({ maximumFractionDigits: 1 }).format(milliseconds / 1000);
    return t('unit.second', { n });
  }
  return duration(milliseconds / 1000);
}
