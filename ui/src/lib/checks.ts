// Words of what was checked before anything is written.

import type { CheckView } from '../bindings/view';
import { maybe, t } from '../i18n/index.svelte';
import { values } from './failure';

/** Title and fact of a check that is of no field. */
export function checkWords(check: CheckView): { title: string; fact: string } {
  const shown = values(check.params);
  if (check.id === 'write' && check.params.code) {
    const failed = check.params.code;
    return {
      title: maybe(`${failed}.title`, shown) ?? failed,
      fact: maybe(`${failed}.cause`, shown) ?? '',
    };
  }
  const id = check.id === 'bytes' && check.params.exact !== 'true' ? 'bytes.about' : check.id;
  if (check.id === 'token.expiring' && check.params.n === '1')
    return { title: t('check.token.expiring'), fact: t('accounts.tomorrow') };
  const state = check.state === 'notChecked' ? '.notChecked' : '';
  const title = maybe(`check.${id}${state}`, shown) ?? maybe(`check.${id}`, shown) ?? check.id;
  const reason = 'reason' in check.params ? check.params.reason : undefined;
  if (reason) return { title, fact: t(`reason.${reason}`) };
  const time = 'seconds' in check.params ? maybe(`check.${id}.fact.time`, shown) : undefined;
  return { title, fact: time ?? maybe(`check.${id}.fact`, shown) ?? '' };
}
