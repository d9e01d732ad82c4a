// Words that depend on what Rust found: fix buttons, checks, the main button.

import type {
  CheckState,
  CheckView,
  Draft,
  Field,
  FixView,
  PublishButton,
} from '../../bindings/view';
import type { Key } from '../../i18n/index.svelte';
import { maybe, t } from '../../i18n/index.svelte';
import { checkWords } from '../../lib/checks';
import { values } from '../../lib/failure';
import { bytes } from '../../lib/format';

/** What the button of a fix says; `rule` is what it mends. Something that stands there is replaced, nothing is not. */
export function fixWords(fix: FixView, rule: string): string {
  const kind = fix.kind === 'use' && !rule.endsWith('.empty') ? 'useInstead' : fix.kind;
  return t(`fix.${kind}`, { value: fix.value });
}

/** The main button: what will happen, to how many images. */
export function buttonWords(button: PublishButton, n = 1): string {
  switch (button.kind) {
    case 'publish':
      return n > 1 ? t('button.publishImages', { n }) : t('button.publish');
    case 'publishBytes':
      if (n > 1)
        return t(button.exact ? 'button.publishImagesBytes' : 'button.publishImagesAbout', {
          n,
          size: bytes(button.bytes),
        });
      return t(button.exact ? 'button.publishBytes' : 'button.publishAbout', {
        size: bytes(button.bytes),
      });
    case 'publishTags':
      return t('button.publishTags', { n: button.count });
    case 'signIn':
      return t('account.add');
    case 'nothing':
      return t('button.nothing');
    case 'firstProblem':
      return t('button.firstProblem');
  }
}

/** Rules that say that a field is empty. */
const EMPTY = new Set(['owner.empty', 'name.empty', 'version.empty', 'repo.required']);

export type ShownState = CheckState | 'toDo';

/** The state of a check as it is shown: what nobody has filled in or left yet is no problem, but to do. */
export const shownState = (check: CheckView, left: Partial<Record<Field, boolean>>): ShownState =>
  check.state === 'problem' && check.field && EMPTY.has(check.id) && !left[check.field]
    ? 'toDo'
    : check.state;

/** What a field becomes, where something else was typed: the sentence of its rule alone does not say. */
function instead({ field, fix }: CheckView, draft: Draft | undefined): string {
  const typed = field && field !== 'version' ? draft?.[field] : undefined;
  return typed && fix?.kind === 'use' ? t('check.instead', { value: fix.value, typed }) : '';
}

/** Title and fact of a check of `draft`, and whose it is where that is a field. */
export function formCheckWords(
  check: CheckView,
  draft?: Draft,
): { title: string; fact: string; of?: string } {
  // A rule of a field: its sentence, with the field in front, so that it reads without the form.
  const rule = maybe(check.id, values(check.params));
  if (rule && check.field && check.id !== 'write')
    return {
      title: rule,
      fact: instead(check, draft),
      of: t('check.ofField', { field: t(`field.${check.field}`) }),
    };
  return checkWords(check);
}

/** A sentence around the value `name`, which is shown in another way. */
export function around(key: Key, name: string): [string, string] {
  const [before = '', after = ''] = t(key).split(`{${name}}`);
  return [before, after];
}
