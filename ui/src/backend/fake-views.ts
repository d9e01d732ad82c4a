// The views that the stand-in hands out: what the app made (`fixtures.ts`), but for what scenes want otherwise. What it
// says about names is only enough to show every state, no second rule book.

import type {
  DifferencesView,
  Draft,
  FieldView,
  FindingView,
  FormView,
  HostView,
  ImageView,
  JobRow,
  JobView,
  OpenedView,
  PreflightView,
  RegistryView,
  ResultView,
  SettingsView,
  SuggestionView,
} from '../bindings/view';
import * as made from './fixtures';

export const emptyDraft: Draft = made.draft;

const [first] = made.opened.images as [ImageView];
export const image: ImageView = { ...first, created: Math.floor(Date.now() / 1000) - 7300 };

export const opened: OpenedView = {
  ...made.opened,
  images: [image],
  draft: { ...made.opened.draft, versions: ['2.4.0', 'latest'] },
};

export const preflight: PreflightView = made.preflight;
export const differences: DifferencesView = made.differences;
export const job: JobView = made.running;

export const result: ResultView = {
  ...(made.done.result as ResultView),
  source: 'octo-org/octo-app',
};

export const done: JobView = { ...made.done, result };
export const failed: JobView = made.failed;

/** It goes by its own address, and plays ghcr.io. */
export const practice: RegistryView = {
  ...(made.registries[0] as RegistryView),
  name: '127.0.0.1:41234',
  practice: true,
  account: { username: 'octocat', source: 'practice' },
};

function field(draft: Draft, name: FieldView['field'], text: string): FieldView {
  const findings: FindingView[] = [];
  type Known = `${'owner' | 'name' | 'version'}.empty` | 'owner.case';
  const found = (id: Known, fix: string | null, message: string) =>
    findings.push({
      id,
      level: 'problem',
      params: {},
      fixes: fix === null ? [] : [{ kind: 'use', value: fix, draft: { ...draft, [name]: fix } }],
      message,
    });
  if (!text && name !== 'repository')
    found(`${name === 'imageName' ? 'name' : name}.empty`, null, '');
  if (name === 'owner' && /[A-Z]/.test(text))
    found('owner.case', text.toLowerCase(), 'Lower case.');
  return {
    field: name,
    optional: name === 'repository',
    ok: text !== '' && findings.length === 0,
    findings,
    versions: name === 'version' ? draft.versions.map(() => null) : [],
  };
}

export function form(draft: Draft): FormView {
  const version = draft.versions[0] ?? draft.versionText;
  const shown = draft.registry === practice.name ? practice.shown : draft.registry;
  const fields = [
    field(draft, 'owner', draft.owner),
    field(draft, 'imageName', draft.imageName),
    field(draft, 'version', version),
    field(draft, 'repository', draft.repository),
  ];
  const bad = (name: string) => fields.find((it) => it.field === name)?.findings.length !== 0;
  return {
    fields,
    badLabel: null,
    valid: fields.every((it) => it.findings.length === 0),
    reference: {
      full: `${draft.registry}/${draft.owner}/${draft.imageName}:${version}`,
      shown: `${shown}/${draft.owner}/${draft.imageName}:${version}`,
      moreVersions: draft.versions.slice(1),
      parts: [
        { part: 'registry', before: '', text: shown, problem: false },
        { part: 'owner', before: '/', text: draft.owner, problem: bad('owner') },
        { part: 'imageName', before: '/', text: draft.imageName, problem: bad('imageName') },
        { part: 'version', before: ':', text: version, problem: bad('version') },
      ],
    },
  };
}

export const settings: SettingsView = made.settings;
export const github: HostView = made.hosts[0] as HostView;
export const workflow = made.workflow;

export const suggestions: SuggestionView[] = [
  { value: 'octocat', from: 'account' },
  { value: 'octo-org', from: 'history' },
  { value: 'monalisa', from: 'file' },
];

/** What GitHub's lists add: some of it is known already. */
export const listed: SuggestionView[] = [
  { value: 'octocat', from: 'gitHub' },
  { value: 'octo-org', from: 'gitHub' },
  { value: 'octo-labs', from: 'gitHub' },
  { value: 'atom-labs', from: 'gitHub' },
];

/** A job as a row. */
export const jobRow = (id: number, change: Partial<JobRow> = {}): JobRow => ({
  ...made.row,
  id,
  ...change,
});
