// What can be done about a failure, best first: how each way out reads.

import type { Code, FailureView, JobKind, JobView, Remedy } from '../../bindings/view';
import type { IconName } from '../../components/icons';
import { maybe, t } from '../../i18n/index.svelte';
import { cause, failureTitle, values, who } from '../../lib/failure';
import { ofKind } from '../../lib/kind';

export type Way = Remedy | { kind: 'change' };

export interface Row {
  way: Way;
  icon: IconName;
  title: string;
  hint: string;
  button: string;
}

/** Another destination helps here, so the list ends with it. */
const ELSEWHERE = new Set<Code>([
  'denied.packageRole',
  'denied.other',
  'ownerNotFound',
  'notFound',
  'legacy.plan',
  'layer.foreign',
  'layer.limit',
  'image.multi',
  'manifestRefused',
  'form.problem',
  'engine.notLoaded',
  'engine.zstd',
]);

/** Where the token lacks a scope, its page is there to add it. */
const SCOPES = new Set<Code>(['denied.scope', 'legacy.unauthorized']);

const PAGES: Partial<Record<string, IconName>> = {
  packageSettings: 'shieldLock',
  authorize: 'shieldCheck',
  ownerSettings: 'organization',
  billingSettings: 'creditCard',
  planSettings: 'creditCard',
  tokens: 'key',
  newToken: 'key',
};

/** The rows of "What you can do"; `can`: whether a way is open here. */
export function rows(
  failure: FailureView,
  can: (way: Remedy) => boolean,
  kind: JobKind = 'publish',
): Row[] {
  const ways: Way[] = failure.help.filter(can);
  if (ELSEWHERE.has(failure.code)) ways.push({ kind: 'change' });
  if (ways.length === 0) ways.push({ kind: 'again' }, { kind: 'change' });
  return ways.map((way) => ({ way, ...words(way, failure, kind) }));
}

function words(way: Way, failure: FailureView, kind: JobKind): Omit<Row, 'way'> {
  const shown = values(failure.params);
  switch (way.kind) {
    case 'page': {
      const scope =
        SCOPES.has(failure.code) && (way.topic === 'tokens' || way.topic === 'newToken');
      const topic = scope ? 'scope' : way.topic;
      const hint = scope && failure.code === 'legacy.unauthorized' ? 'legacy' : 'hint';
      return {
        icon: PAGES[way.topic] ?? 'linkExternal',
        title: t(`help.${topic}`, shown),
        hint: maybe(`help.${topic}.${hint}`, shown) ?? '',
        button: t(`help.${topic}.button`, shown),
      };
    }
    case 'message':
      return row('mail', t('do.message'), t('do.message.hint'), t('do.message.button'));
    case 'replaceToken':
      return row('key', t('do.replace'), t('do.replace.hint'), t('fix.replaceToken'));
    case 'addAccount':
      return row('person', t('do.addAccount'), t('do.addAccount.hint'), t('account.add'));
    case 'otherAccount':
      return row('person', t('do.account'), t('do.account.hint'), t('fix.otherAccount'));
    case 'verifyToken':
      return row('verified', t('do.verify'), t('do.verify.hint'), t('do.verify.button'));
    case 'signInWithBrowser':
      return row('globe', t('do.browser'), t('add.browser.hint'), t('add.browser'));
    case 'useOwner':
      return row(
        'pencil',
        t('do.owner', { owner: way.owner }),
        t('do.owner.hint'),
        t('do.owner.button', { owner: way.owner }),
      );
    case 'field':
      return row(
        'pencil',
        t(`do.field.${way.field}`),
        t('do.field.hint'),
        t(`do.field.${way.field}.button`),
      );
    case 'switchRegistry':
      return row(
        'arrowSwitch',
        t('do.registry', { registry: way.registry }),
        t('do.registry.hint'),
        t('fix.switchRegistry', { value: way.registry }),
      );
    case 'hosts':
      return row('server', t('do.hosts', shown), t('do.hosts.hint'), t('do.hosts.button'));
    case 'fixedVersions':
      return row('lock', t('do.fixed'), t('do.fixed.hint', shown), t('do.fixed.button'));
    case 'unpack':
      return row('fileZip', t('do.unpack'), t('unpack.hint'), t('unpack.anyway'));
    case 'again': {
      const layer = failure.code === 'blobMissing' ? failure.params.layer : undefined;
      const button = layer === undefined ? t('failed.again') : t('do.layer', { n: layer });
      return row('sync', t('do.again'), t(`retry.${failure.retry}`), button);
    }
    case 'change':
      // What was fetched for the engine is taken from there.
      if (failure.code === 'engine.notLoaded' || failure.code === 'engine.zstd')
        return row('fileZip', t('do.asFile'), t('do.asFile.hint'), t('do.asFile.button'));
      return row(
        kind === 'install' ? 'download' : 'upload',
        ofKind(kind, 'do.change'),
        ofKind(kind, 'do.change.hint'),
        ofKind(kind, 'failed.change'),
      );
  }
}

const row = (icon: IconName, title: string, hint: string, button: string) => ({
  icon,
  title,
  hint,
  button,
});

/** A text for whoever can change it: what is missing, for what, and who asks. No token, no local path. */
export function message(failure: FailureView, job: JobView): string {
  const { technical } = failure;
  const shown = values(failure.params);
  const username = technical?.credential?.username ?? failure.params.username;
  const answer = [
    [technical?.status, technical?.registryCode].filter(Boolean).join(' '),
    technical?.message,
  ].filter(Boolean);
  return [
    `${failureTitle(failure)}: ${job.reference}`,
    t('message.missing', {
      what: maybe(`message.${failure.code}`, shown) ?? cause(failure),
    }),
    t('message.who', { who: who(failure) }),
    username ? t('message.asks', { username }) : '',
    answer.length > 0 ? t('message.answer', { answer: answer.join(', ') }) : '',
    technical?.requestId ? `${t('detail.requestId')}: ${technical.requestId}` : '',
  ]
    .filter(Boolean)
    .join('\n');
}
