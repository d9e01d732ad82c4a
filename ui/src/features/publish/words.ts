// Words that depend on what Rust found: fix buttons, checks, the main button.

import type { CheckView, FixView, PublishButton } from '../../bindings/view';
import type { Key } from '../../i18n/index.svelte';
import { maybe, t } from '../../i18n/index.svelte';
import { values } from '../../lib/failure';
import { bytes, shortDigest } from '../../lib/format';

export const fixWords = (fix: FixView): string => t(`fix.${fix.kind}`, { value: fix.value });

/** The main button: what will happen. */
export function buttonWords(button: PublishButton): string {
  switch (button.kind) {
    case 'publish':
      return t('button.publish');
    case 'publishBytes':
      return t(button.exact ? 'button.publishBytes' : 'button.publishAbout', {
        size: bytes(button.bytes),
      });
    case 'publishTags':
      return t('button.publishTags', { n: button.count });
    case 'nothing':
      return t('button.nothing');
    case 'firstProblem':
      return t('button.firstProblem');
  }
}

/** Title and fact of a check. */
export function checkWords(check: CheckView): { title: string; fact: string } {
  const shown: Record<string, string> = values(check.params);
  for (const name of ['from', 'to', 'digest']) {
    if (shown[name]) shown[name] = shortDigest(shown[name]);
  }
  for (const name of ['send', 'reused', 'largest', 'max', 'size', 'saved']) {
    const raw = check.params[name];
    if (raw !== undefined && /^\d+$/.test(raw)) shown[name] = bytes(Number(raw));
  }
  if (check.id === 'write' && check.params['code']) {
    const code = check.params['code'];
    return {
      title: maybe(`${code}.title`, shown) ?? code,
      fact: maybe(`${code}.cause`, shown) ?? '',
    };
  }
  const id = check.id === 'bytes' && check.params['exact'] !== 'true' ? 'bytes.about' : check.id;
  const state = check.state === 'notChecked' ? '.notChecked' : '';
  const reason = check.params['reason'];
  const title = maybe(`check.${id}${state}`, shown) ?? maybe(`check.${id}`, shown);
  const fact = reason
    ? t(`reason.${reason}` as Key)
    : (maybe(`check.${id}.fact`, shown) ?? maybe(`${check.id}.fact`, shown) ?? '');
  return { title: title ?? maybe(check.id, shown) ?? check.id, fact };
}
