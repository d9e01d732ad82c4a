// How ends and tags of a copy are told.

import type { Code, CopyEndView, CopyTagState, FailureView } from '../../bindings/view';
import type { IconName } from '../../components/icons';
import { maybe, t } from '../../i18n/index.svelte';
import { checkWords } from '../../lib/checks';
import { cause, failureTitle } from '../../lib/failure';
import type { CopyModel, Part } from './model.svelte';

interface Look {
  tone: 'accent' | 'success' | 'attention' | 'outline' | 'danger';
  icon?: IconName;
}

export const LOOKS: Record<CopyTagState, Look> = {
  new: { tone: 'accent' },
  same: { tone: 'success', icon: 'check' },
  moves: { tone: 'attention', icon: 'alertFill' },
  left: { tone: 'outline', icon: 'lock' },
  copied: { tone: 'success', icon: 'verified' },
  failed: { tone: 'danger', icon: 'xCircleFill' },
};

const CLOSED = new Set<Code>([
  'signIn.required',
  'unauthenticated',
  'ssoRequired',
  'denied.packageRole',
  'denied.scope',
  'denied.credential',
  'denied.orgCreate',
  'denied.other',
]);

/** Whoever is used may not read or write there. */
export const isClosed = ({ code }: FailureView): boolean => CLOSED.has(code);

/** What is wrong with a part of the sheet. A name says the rule that it breaks. */
export function wrong(part: Part, failure: FailureView): string {
  if (failure.code === 'form.problem') {
    const rule = maybe(failure.params['rule'] ?? '');
    if (rule) return rule;
    if (part === 'versions') return t('copying.which.wrong');
    if (part === 'plan') return t('copying.backup.wrong');
  }
  if (part === 'versions' && failure.code === 'notFound') return t('copying.which.none');
  return why(failure);
}

/** What went wrong, and the cause. */
export const why = (failure: FailureView): string => `${failureTitle(failure)}: ${cause(failure)}`;

/** What is known of a place to write to: whether it exists, who sees it, and whether it takes images. */
export function verdict({ tags, checks }: CopyEndView): string {
  const n = tags.length;
  const parts = [n > 0 ? t('copying.place.there', { n }) : t('copying.place.new')];
  for (const check of checks.filter(({ state }) => state === 'passed')) {
    if (check.id.startsWith('package.')) parts.push(checkWords(check).fact);
    if (check.id === 'write') parts.push(checkWords(check).title);
  }
  return parts.join(' · ');
}

/** Why nothing can be copied as it stands, or none. */
export function reason(model: CopyModel): string | undefined {
  if (model.isNothing) return t('copying.nothing.why');
  if (!model.from.trim()) return t('copying.whence');
  if (!model.to.trim()) return t('copying.where');
  if (model.problem) return wrong(model.problem.part, model.problem.failure);
  if (model.isSamePlace) return t('copying.place.same');
  const closed = model.target?.checks.find(({ state }) => state === 'problem');
  if (closed) return checkWords(closed).title;
  if (model.busy || !model.plan) return t('copying.reading');
  if (model.plan.tags.every(({ state }) => state === 'failed')) return t('copying.blocked');
  return undefined;
}
