// Scenes for looking at the page during development (`?fake=start`), and for tests.

import type {
  CheckId,
  CheckParams,
  CheckView,
  Draft,
  FieldView,
  RecentView,
  RuleParams,
} from '../bindings/view';
import type { FakeHost } from './fake';
import { job, jobRow, listed, opened, preflight } from './fake';
import { account } from './fake-accounts';
import * as made from './fixtures';
import { engineScenes } from './fake-engines';
import { installScenes } from './fake-install-scenes';

const now = Math.floor(Date.now() / 1000);
const DAY = 86_400;

const recent = (file: number, name: string, change: Partial<RecentView>): RecentView => ({
  ...(made.recents[0] as RecentView),
  ...{ file, name, job: null, reference: '', state: null },
  ...change,
});

export const recents: RecentView[] = [
  recent(11, 'monalisa-2.3.1.tar', {
    ...{ job: 9, state: 'done', reference: 'ghcr.io/octo-org/monalisa:2.3.1' },
    ...{ when: now - 6 * DAY, size: 48_200_000 },
  }),
  recent(12, 'octo-app-3.0.0-rc.1.tar', {
    ...{ job: 5, state: 'sending', reference: 'ghcr.io/octocat/octo-app' },
    ...{ when: now, size: 1_630_000_000 },
  }),
  recent(13, 'lesson-04-hello.tar.gz', { when: now - 14 * DAY, size: 6_900_000 }),
  recent(14, 'hello-docker-image/', { folder: true, when: now - 20 * DAY, size: null }),
  recent(15, 'worker.tar.zst', {
    ...{ job: 3, state: 'failed', reference: 'ghcr.io/octo-org/worker:1.0' },
    ...{ when: now - 30 * DAY, size: 212_000_000 },
  }),
];

const legacy: Draft = {
  ...opened.draft,
  registry: 'docker.pkg.github.com',
  owner: 'Octocat',
  repository: 'octo-app',
  imageName: 'octo-app-win',
  versions: ['2.0', 'sha256:9f2c'],
};

const use = (value: string, draft: Partial<Draft>) => ({
  kind: 'use' as const,
  value,
  draft: { ...legacy, ...draft },
});
const ghcr = {
  kind: 'switchRegistry' as const,
  value: 'ghcr.io',
  draft: { ...legacy, registry: 'ghcr.io' },
};
const problem = <I extends CheckId>(
  id: I,
  params: (CheckParams & RuleParams)[I],
  change: Partial<Pick<CheckView, 'fix' | 'field'>>,
) => ({ id, state: 'problem', params, fix: null, field: null, ...change }) as CheckView;

/** Four problems and two warnings, as nobody wants them. */
export const checks: CheckView[] = [
  problem('owner.case', {}, { fix: use('octocat', { owner: 'octocat' }), field: 'owner' }),
  problem(
    'version.digest',
    {},
    { fix: use('2.1', { versions: ['2.0', '2.1'] }), field: 'version' },
  ),
  problem('layer.foreign', { layer: '1' }, { fix: ghcr }),
  problem('layer.limit', { layer: '2', size: '5800000000', max: '5000000000' }, { fix: ghcr }),
  {
    id: 'layer.slow',
    state: 'warning',
    params: { layer: '2', seconds: '1260' },
    fix: {
      kind: 'sendInParts',
      value: '',
      draft: { ...legacy, options: { ...legacy.options, way: 'chunks' } },
    },
    field: null,
  },
  {
    id: 'repo.renamed',
    state: 'warning',
    params: { x: 'octocat/octo-app-2' },
    fix: use('octocat/octo-app-2', { owner: 'octocat', repository: 'octo-app-2' }),
    field: 'repository',
  },
  ...preflight.checks.filter((check) => check.state === 'passed'),
];

const wrong = (field: FieldView): FieldView => {
  const ids = { owner: 'owner.case', version: 'version.digest' } as const;
  const id = field.field in ids ? ids[field.field as keyof typeof ids] : undefined;
  const fix = checks.find((check) => check.id === id)?.fix;
  if (!id || !fix) return field;
  const finding = { id, level: 'problem' as const, params: {}, fixes: [fix], message: '' };
  return { ...field, ok: false, findings: [finding], versions: [null, 'problem'] };
};

function errors(host: FakeHost): void {
  host.openArgument = () =>
    Promise.resolve({ ...opened, name: 'octo-app-win-2.1.tar', draft: legacy });
  const checkForm = host.checkForm;
  host.checkForm = async (draft) => {
    const form = await checkForm(draft);
    const [owner, imageName, version, repository] = form.fields;
    if (!owner || !imageName || !version || !repository || draft.owner !== legacy.owner)
      return form;
    const [registry, ownerPart, name, tag] = form.reference.parts;
    if (!registry || !ownerPart || !name || !tag) return form;
    const path = { part: 'repository' as const, before: '/', text: draft.repository };
    return {
      ...form,
      valid: false,
      fields: [wrong(owner), { ...repository, optional: false }, imageName, wrong(version)],
      reference: {
        ...form.reference,
        parts: [
          registry,
          { ...ownerPart, problem: true },
          { ...path, problem: false },
          name,
          { ...tag, problem: false },
        ],
      },
    };
  };
  host.preflight = () =>
    Promise.resolve({
      ...preflight,
      checks,
      button: { kind: 'firstProblem', field: 'owner' },
      layers: ['notInFile', 'tooLarge', 'toSend', 'toSend', 'toSend', 'toSend'],
    });
}

function filled(host: FakeHost): void {
  host.listed = listed;
  host.openArgument = () => Promise.resolve(opened);
}

/** A list of versions that no form was made for, at a registry that is elsewhere. */
function manyTags(host: FakeHost): void {
  const versions = Array.from({ length: 200 }, (_, index) => `v${index}.0.0`);
  const draft = { ...opened.draft, registry: 'docker.pkg.github.com', owner: 'octocat', versions };
  host.openArgument = () =>
    Promise.resolve({
      ...opened,
      name: '图像 🚀 שלום עربي.tar',
      draft: { ...draft, repository: '' },
    });
  const address = '127.0.0.1:7392';
  for (const registry of host.registryViews)
    registry.overridden = { part: 'registry', address, credentials: false };
}

function signedIn(host: FakeHost): void {
  host.have(account('octocat', { isDefault: true }));
}

export const scenes: Record<string, (host: FakeHost) => void> = {
  ...engineScenes,
  ...installScenes,
  filled,
  errors: (host) => {
    signedIn(host);
    errors(host);
  },
  tags: manyTags,
  start: (host) => {
    signedIn(host);
    host.recents = recents;
    host.active = [jobRow(5, { title: 'octo-app:3.0.0-rc.1' }), jobRow(4)];
  },
  busy: (host) => {
    signedIn(host);
    filled(host);
    host.active = [jobRow(job.id)];
  },
};
