// The stand-in's registry for Install: one repository with tags and one image of two platforms, no second rule book.

import type {
  Begun,
  FactsView,
  FailureView,
  FileFormat,
  InstalledFile,
  InstallWish,
  PastedView,
  PlaceView,
  SignaturesView,
  ReadAs,
  TagRow,
  TagsView,
} from '../bindings/view';
import { FakeAccounts } from './fake-accounts';

const MINUTE = 60;
const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);
const digest = (start: string) =>
  `sha256:${start}${'0'.repeat(56)}${start.slice(0, 8 - start.length)}`;

export const readAs: ReadAs = {
  account: { username: 'octocat', source: 'keychain' },
  refused: null,
  visibility: 'private',
};

const row = (id: number, tags: string[], age: number, more: Partial<TagRow> = {}): TagRow => ({
  id,
  tags,
  digest: digest(`${id}c41b08d`.slice(0, 8)),
  created: now() - age,
  rank: id,
  signature: false,
  ...more,
});

/** As in the design's picture. */
export const tagsView = (change: Partial<TagsView> = {}): TagsView => ({
  repository: 'ghcr.io/octo-org/monalisa',
  rows: [
    row(0, ['2.4.0', 'latest'], 2 * MINUTE, { rank: 0 }),
    row(1, ['nightly'], DAY, { rank: 5 }),
    row(2, ['2.3.1', '2.3'], 6 * DAY, { rank: 1 }),
    row(3, ['2.3.0'], 21 * DAY, { rank: 2 }),
    row(4, ['2.2.0', '2.2'], 35 * DAY, { rank: 3 }),
    row(5, ['1.0'], 1461 * DAY, { rank: 4 }),
    row(6, [`sha256-${'c41b'.repeat(16)}`], 2 * MINUTE, { rank: 6, signature: true }),
    row(7, [`sha256-${'3f1c'.repeat(16)}.sig`], 6 * DAY, { rank: 7, signature: true }),
    row(8, [`sha256-${'3f1c'.repeat(16)}.att`], 6 * DAY, { rank: 8, signature: true }),
  ],
  signatures: 3,
  suggested: 0,
  dates: 'all',
  readAs,
  ...change,
});

/** So many tags of a registry that gives no dates. */
export const manyTags = (count: number): TagsView =>
  tagsView({
    rows: Array.from({ length: count }, (_, id) => ({
      ...row(id, [`1.${count - id}.0`], 0),
      created: null,
      digest: null,
    })),
    signatures: 0,
    dates: 'none',
  });

export const factsView = (reference: string, every = false): FactsView => {
  const [repository = ''] = reference.split(/:(?=[^/]*$)/);
  const whole = digest('3f1c9ab2');
  return {
    reference,
    digest: whole,
    index: true,
    platforms: [
      { platform: 'linux/amd64', fits: true, size: { layers: 6, bytes: 48_200_000, here: 0 } },
      {
        platform: 'linux/arm64',
        fits: false,
        size: every ? { layers: 6, bytes: 47_900_000, here: 0 } : null,
      },
    ],
    all: every ? { layers: 12, bytes: 96_100_000, here: 0 } : null,
    preselected: 0,
    wanted: null,
    readAs: { ...readAs, visibility: 'unknown' },
    byVersion: `docker pull ${reference}`,
    byDigest: `docker pull ${repository}@${whole}`,
  };
};

const place: PlaceView = {
  id: 1,
  shown: '~/Downloads/monalisa-2.4.0.tar',
  exists: false,
  both: 'monalisa-2.4.0 (2).tar',
};

/** What a failed look-up says. */
export const hidden = (username?: string): FailureView => ({
  code: 'notFound',
  message: 'not found, or no access',
  params: { registry: 'ghcr.io', reference: 'ghcr.io/octo-org/monalisa' },
  retry: 'afterChange',
  help: [],
  technical: username
    ? {
        request: 'GET /v2/octo-org/monalisa/tags/list',
        host: null,
        status: 404,
        registryCode: 'NAME_UNKNOWN',
        message: 'repository name not known to registry',
        requestId: null,
        credential: { username, source: 'keychain' },
        time: now(),
      }
    : null,
});

export abstract class FakeInstall extends FakeAccounts {
  /** What the registry has; a failure instead rejects. */
  registryTags: TagsView | FailureView = tagsView();
  registryFacts: ((reference: string, every: boolean) => FactsView | FailureView) | undefined;
  signatures: SignaturesView = { count: 2, bytes: 300_000, here: 0 };
  begun: Begun = { kind: 'job', job: 1 };
  place: PlaceView = place;
  file: InstalledFile = {
    shown: place.shown,
    engine: null,
    there: true,
    dockerLoad: 'docker load -i /home/octocat/Downloads/monalisa-2.4.0.tar',
    podmanLoad: 'podman load -i /home/octocat/Downloads/monalisa-2.4.0.tar',
    name: 'ghcr.io/octo-org/monalisa:2.4.0',
    loaded: 'ghcr.io/octo-org/monalisa:2.4.0',
    ports: [],
    byVersion: 'docker pull ghcr.io/octo-org/monalisa:2.4.0',
    byDigest: `docker pull ghcr.io/octo-org/monalisa@${digest('3f1c9ab2')}`,
    command:
      'slipway pull ghcr.io/octo-org/monalisa:2.4.0 -o /home/octocat/Downloads/monalisa-2.4.0.tar',
  };

  #answer<T extends object>(name: string, values: unknown[], answer: T | FailureView): Promise<T> {
    if (!('code' in answer)) return this.note(name, values, answer);
    void this.note(name, values, undefined);
    return Promise.reject(answer);
  }

  readPasted = (text: string): Promise<PastedView> => {
    const [, repository, tag] =
      /((?:[\w-]+\.)+[\w.:-]+(?:\/[\w.-]+)+?)(?::([\w.-]+))?$/.exec(text.trim()) ?? [];
    const none = { wish: null, problem: null };
    if (!text.trim()) return this.note('readPasted', [text], none);
    if (!repository) {
      const problem = { rule: 'reference.host', params: {}, fix: null, message: '' } as const;
      return this.note('readPasted', [text], { wish: null, problem });
    }
    const wish = {
      reference: tag ? `${repository}:${tag}` : repository,
      repository,
      registry: repository.slice(0, repository.indexOf('/')),
      tag: tag ?? null,
      digest: null,
      platform: /--platform[ =](\S+)/.exec(text)?.[1] ?? null,
      legacy: repository.startsWith('docker.'),
      practice: false,
    };
    return this.note('readPasted', [text], { wish, problem: null });
  };
  findTags = (reference: string, anonymous: boolean): Promise<TagsView> =>
    this.#answer('findTags', [reference, anonymous], this.registryTags);
  imageFacts = (
    reference: string,
    platform: string | null,
    every: boolean,
    anonymous: boolean,
  ): Promise<FactsView> => {
    const asked = [reference, platform, every, anonymous];
    const facts = this.registryFacts?.(reference, every) ?? factsView(reference, every);
    if ('code' in facts) return this.#answer<FactsView>('imageFacts', asked, facts);
    const place = facts.platforms.findIndex((it) => it.platform === platform);
    const wanted = facts.wanted ?? (place < 0 ? null : place);
    const platforms = facts.platforms.map((it, index) =>
      index === wanted ? { ...it, size: it.size ?? { layers: 6, bytes: 47_900_000, here: 0 } } : it,
    );
    return this.#answer('imageFacts', asked, { ...facts, platforms, wanted });
  };
  imageSignatures = (
    reference: string,
    platform: string | null,
    anonymous: boolean,
  ): Promise<SignaturesView> =>
    this.note('imageSignatures', [reference, platform, anonymous], this.signatures);
  /** A folder has a place of its own. */
  installPlace = (reference: string, format: FileFormat): Promise<PlaceView> => {
    const folder = { ...this.place, id: 11, shown: '~/Downloads/monalisa-2.4.0' };
    const usual = format === 'ociLayout' ? folder : this.place;
    return this.note('installPlace', [reference, format], usual);
  };
  chooseInstallPlace = (reference: string, format: FileFormat): Promise<PlaceView | null> => {
    const shown = format === 'ociLayout' ? '~/images' : '~/other.tar';
    return this.note('chooseInstallPlace', [reference, format], { ...this.place, id: 2, shown });
  };
  install = (wish: InstallWish): Promise<Begun> => this.note('install', [wish], this.begun);
  installAgain = (job: number): Promise<number> => this.note('installAgain', [job], job + 1);
  installedFile = (job: number): Promise<InstalledFile> =>
    this.note('installedFile', [job], this.file);
}
