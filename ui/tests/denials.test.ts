// Every way GitHub says no, as Rust translates it: the failure page says who, why and what to do, in both languages.
// `denials.json` is made from Rust: the wire's answers, row by row.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterAll, describe, expect, it } from 'vitest';

import { job } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import type { FailureView } from '../src/bindings/view';
import type { Key, Language } from '../src/i18n/index.svelte';
import { i18n, t } from '../src/i18n/index.svelte';
import { page } from './page';

interface Denial {
  row: string;
  failure: FailureView;
}

const FILE = resolve(import.meta.dirname, 'denials.json');
const exists = existsSync(FILE);
const denials = exists ? (JSON.parse(readFileSync(FILE, 'utf8')) as Denial[]) : [];

function failed(failure: FailureView, language: Language): void {
  location.hash = '#/activity/1';
  page((host) => {
    host.language = language;
    host.view = { ...job, progress: { ...job.progress, state: 'failed', sent: 0 }, failure };
    host.have(account('octocat', { isDefault: true }));
  });
  // What is looked for has the words of the language from the start.
  i18n.use(language);
}

/** No placeholder, no key, nothing that JavaScript says. */
function isText(text: string, code: string): void {
  expect(text).not.toBe('');
  expect(text).not.toMatch(/[{}]|undefined|\[object/);
  expect(text).not.toContain(`${code}.`);
  expect(text).not.toMatch(/\b(help|do|fix|retry|failed)\.[a-z]/);
}

afterAll(() => i18n.use('en'));

describe.skipIf(!exists).each(['en', 'zh-CN'] as const)('a denial in %s', (language) => {
  it('is there to be looked at', () => expect(denials.length).toBeGreaterThan(0));

  it.each(denials)('has words and ways out: $row', async ({ failure }) => {
    failed(failure, language);
    const title = await waitFor(() => {
      const found = screen.getAllByRole('alert').find((it) => it.tagName === 'H2');
      if (!found) throw new Error('a title');
      return found.textContent.trim();
    });
    const [what, who, kept] = ['failed.what', 'failed.who', 'failed.kept'].map(
      (key) =>
        screen
          .getByRole('heading', { name: t(key as Key), level: 3 })
          .parentElement?.querySelector('p')
          ?.textContent.trim() ?? '',
    ) as [string, string, string];
    const cause = document.querySelector('strong.strong')?.textContent.trim() ?? '';
    const list = screen.getByRole('list', { name: t('failed.do') });
    const rows = within(list).getAllByRole('listitem');
    const buttons = within(list).getAllByRole('button');
    const texts = [title, cause, what, who, kept, ...buttons.map((it) => it.textContent.trim())];
    for (const text of [...texts, ...rows.map((it) => it.textContent.trim())])
      isText(text, failure.code);
    expect(what).toContain(cause);
    if (language === 'zh-CN')
      for (const text of [title, cause, who, kept]) expect(text).toMatch(/\p{Script=Han}/u);
    else for (const text of texts) expect(text).not.toMatch(/\p{Script=Han}/u);
    await technical(failure);
  });

  it('never reads like another one', async () => {
    const seen = new Map<string, string>();
    const { cause, failureTitle } = await import('../src/lib/failure');
    i18n.use(language);
    for (const { failure } of denials) {
      const words = `${failureTitle(failure)} | ${cause(failure)}`;
      expect(seen.get(words) ?? failure.code, words).toBe(failure.code);
      seen.set(words, failure.code);
    }
  });
});

/** What the wire said is behind the disclosure, word for word. */
async function technical({ technical }: FailureView): Promise<void> {
  const disclosure = () => screen.getByRole('button', { name: t('detail.title') });
  const said = [technical?.message, technical?.requestId].filter((it) => it != null);
  const shown = () => {
    const card = disclosure().closest('section');
    return said.filter((text) => card?.textContent.includes(text));
  };
  if (disclosure().getAttribute('aria-expanded') === 'false') await userEvent.click(disclosure());
  expect(shown()).toEqual(said);
  await userEvent.click(disclosure());
  expect(disclosure()).toHaveAttribute('aria-expanded', 'false');
  expect(shown()).toEqual([]);
}
