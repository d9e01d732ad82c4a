// Scenes for looking at the page during development (`?fake=start`), and for tests.

import type { CheckId, CheckView, Draft, FieldView, RecentView, RuleId } from '../bindings/view';
import type { FakeHost } from './fake';
import { job, jobRow, listed, opened, preflight } from './fake';
import { account } from './fake-accounts';
import { installScenes } from './fake-install-scenes';

const now = Math.floor(Date.now() / 1000);
const DAY = 86_400;

export const recents: RecentView[] = [
  {
    file: 11,
    job: 9,
    name: 'monalisa-2.3.1.tar',
    folder: false,
    reference: 'ghcr.io/octo-org/monalisa:2.3.1',
    practice: false,
    state: 'done',
    when: now - 6 * DAY,
    size: 48_200_000,
  },
  {
    file: 12,
    job: 5,
    name: 'octo-app-3.0.0-rc.1.tar',
    folder: false,
    reference: 'ghcr.io/octocat/octo-app',
    practice: false,
    state: 'sending',
    when: now,
    size: 1_630_000_000,
  },
  {
    file: 13,
    job: null,
    name: 'lesson-04-hello.tar.gz',
    folder: false,
    reference: '',
    practice: false,
    state: null,
    when: now - 14 * DAY,
    size: 6_900_000,
  },
  {
    file: 14,
    job: null,
    name: 'hello-docker-image/',
    folder: true,
    reference: '',
    practice: false,
    state: null,
    when: now - 20 * DAY,
    size: null,
  },
  {
    file: 15,
    job: 3,
    name: 'worker.tar.zst',
    folder: false,
    reference: 'ghcr.io/octo-org/worker:1.0',
    practice: false,
    state: 'failed',
    when: now - 30 * DAY,
    size: 212_000_000,
  },
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
const problem = (id: CheckId, change: Partial<CheckView> = {}): CheckView => ({
  id,
  state: 'problem',
  params: {},
  fix: null,
  field: null,
  ...change,
});

/** Four problems and two warnings, as nobody wants them. */
export const checks: CheckView[] = [
  problem('owner.case', { fix: use('octocat', { owner: 'octocat' }), field: 'owner' }),
  problem('version.digest', { fix: use('2.1', { versions: ['2.0', '2.1'] }), field: 'version' }),
  problem('layer.foreign', { params: { layer: '1' }, fix: ghcr }),
  problem('layer.limit', {
    params: { layer: '2', size: '5800000000', max: '5000000000' },
    fix: ghcr,
  }),
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
  const ids: Partial<Record<string, RuleId>> = { owner: 'owner.case', version: 'version.digest' };
  const id = ids[field.field];
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
