// What a copy of the stand-in says: five tags, of which some are there and one names another image.

import type {
  CopiedView,
  CopyDraft,
  CheckView,
  CopyEndView,
  CopyPlanView,
  CopyTagView,
  CopyView,
  JobView,
} from '../bindings/view';
import type { FakeHost } from './fake';
import { failureExample } from './fake-failures';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

/** A line with nothing but what every one has. */
const line = (tag: string, digit: string, change: Partial<CopyTagView> = {}): CopyTagView => ({
  tag,
  signature: false,
  state: 'new',
  digest: digest(digit),
  sourceDigest: null,
  movesFrom: null,
  keptAs: null,
  platforms: ['linux/amd64'],
  toSend: 0,
  notVerified: null,
  failure: null,
  ...change,
});

const both = { platforms: ['linux/amd64', 'linux/arm64'] };

export const copyLines: CopyTagView[] = [
  line('2.4.0', 'c', { toSend: 12_400_000 }),
  line('latest', 'c', { state: 'moves', movesFrom: digest('1') }),
  line('2.3.1', '3', both),
  line('2.3', '3', { ...both, state: 'same' }),
  line('2.3.0', '9', { toSend: 35_800_000 }),
];

export const copySource: CopyEndView = {
  repository: 'ghcr.io/octo-org/monalisa',
  name: 'octo-org/monalisa',
  version: null,
  tags: [...copyLines.map(({ tag }) => tag), '2.2.0', '2.1.0', '2.0.0', '1.0'],
  practice: false,
  checks: [],
};

/** What is copied, as the page asked for it. */
export function settledCopy(draft: CopyDraft): CopyView {
  const [from = '', alone] = draft.from.split(/:(?=[^/]*$)/);
  const { versions } = draft;
  const chosen =
    versions.kind === 'all'
      ? copySource.tags
      : versions.kind === 'named' && !alone
        ? versions.tags
        : [alone ?? '2.4.0'];
  return {
    from,
    to: draft.to.trim(),
    tags: chosen.map((tag) => ({ source: tag, tag, keepOldAs: `${tag}-2026-11-28` })),
    platforms: draft.platforms,
    signatures: draft.signatures,
    noClobber: draft.noClobber,
    plainHttp: false,
  };
}

/** What that would do. */
export function plannedCopy(copy: CopyView): CopyPlanView {
  const tags = copy.tags.map(({ tag }) => {
    const known = copyLines.find((it) => it.tag === tag) ?? line(tag, '7', { state: 'same' });
    const left = copy.noClobber && known.state === 'moves';
    const cut = copy.platforms.length > 0 && known.platforms.length > 1;
    return {
      ...known,
      ...(left ? { state: 'left' as const } : {}),
      ...(cut ? { digest: digest('8'), sourceDigest: known.digest } : {}),
    };
  });
  return {
    copy,
    tags,
    toSend: tags.reduce((sum, { toSend }) => sum + toSend, 0),
    toLink: 48_600_000,
    there: 96_100_000,
  };
}

export const copied: CopiedView = {
  tags: copyLines.map((it) => ({ ...it, state: it.state === 'same' ? 'same' : 'copied' })),
  failed: 0,
  sent: 48_200_000,
  reused: 144_700_000,
  durationMs: 9800,
};

/** The same where one tag could not be copied. */
export const copiedInPart: CopiedView = {
  ...copied,
  failed: 1,
  tags: copied.tags.map((it) =>
    it.tag === '2.3.0'
      ? {
          ...it,
          state: 'failed',
          digest: null,
          failure: failureExample('blobMissing'),
        }
      : it,
  ),
};

/** The job as one that copies, or copied. */
export function copyJob(job: JobView, result?: CopiedView): JobView {
  const tags = copyLines.map(({ tag }) => tag);
  const copy = settledCopy({
    from: copySource.repository,
    to: 'ghcr.io/octocat/monalisa',
    versions: { kind: 'named', tags },
    platforms: [],
    signatures: true,
    noClobber: false,
    keepOld: true,
  });
  return {
    ...job,
    kind: 'copy',
    reference: 'ghcr.io/octocat/monalisa:2.4.0',
    title: 'monalisa, 5 tags',
    fileName: copySource.repository,
    copy: result ? { ...copy, result } : copy,
    progress: { ...job.progress, state: result ? 'done' : 'sending' },
  };
}

/** What is known of a place to write to: nobody may write to `closed`. */
function placeChecks(name: string): CheckView[] {
  const rest = { fix: null, field: null };
  const registry = 'ghcr.io';
  if (name.startsWith('closed/')) {
    const about = { owner: 'closed', username: 'octocat', package: name };
    const refused = { registry, code: 'denied.packageRole' as const, ...about };
    return [{ id: 'write', state: 'problem', params: refused, ...rest }];
  }
  return [
    { id: 'package.private', state: 'passed', params: { name }, ...rest },
    { id: 'write', state: 'passed', params: { registry }, ...rest },
  ];
}

/** The repository that a reference names: one is known, all others have two tags. */
export function copyEnd(reference: string): CopyEndView {
  const [repository = '', version] = reference.trim().split(/:(?=[^/]*$)/);
  const name = repository.slice(repository.indexOf('/') + 1);
  const tags = repository === copySource.repository ? copySource.tags : ['2.3', 'latest'];
  return {
    repository,
    name,
    version: version ?? null,
    tags,
    practice: false,
    checks: placeChecks(name),
  };
}

/** `?fake=copied`, `?fake=copying` and `?fake=copyFailed`. */
export function showCopies(host: FakeHost, name: string): void {
  if (name === 'copied') host.view = copyJob(host.view, copied);
  if (name === 'copyFailed') host.view = copyJob(host.view, copiedInPart);
  if (name === 'copying') host.view = copyJob(host.view);
}
