// Install to look at: `?fake=install`, `?fake=installTags`, `?fake=installMany`, `?fake=installing#/install/1`,
// `?fake=installed#/install/1`, `?fake=installedDocker#/install/1`.

import type { JobView } from '../bindings/view';
import type { FakeHost } from './fake';
import { job, jobRow } from './fake';
import { account } from './fake-accounts';
import { factsView, hidden, manyTags } from './fake-install';

const now = Math.floor(Date.now() / 1000);
const DAY = 86_400;

/** A pull under way. */
export const installing: JobView = {
  ...job,
  kind: 'install',
  fileName: 'monalisa-2.4.0.tar',
  format: 'dockerArchive',
  install: {
    references: [job.reference],
    platforms: ['linux/amd64'],
    allPlatforms: false,
    signatures: false,
    plainHttp: false,
    anonymous: false,
    engine: null,
    chosen: [],
    result: null,
  },
  started: now - 4,
  progress: { ...job.progress, total: 48_200_000, sent: 25_900_000, reused: 0, percent: 54 },
  layers: job.layers.map((layer) =>
    layer.state === 'there' ? { ...layer, state: 'committed' } : layer,
  ),
};

/** The same at its end. */
export const installed: JobView = {
  ...installing,
  ended: now,
  progress: {
    ...installing.progress,
    state: 'done',
    sent: 48_200_000,
    percent: 100,
    speed: null,
    secondsLeft: null,
    layersDone: 6,
  },
  install: {
    references: [job.reference],
    platforms: ['linux/amd64'],
    allPlatforms: false,
    signatures: false,
    chosen: [],
    plainHttp: false,
    anonymous: false,
    engine: null,
    result: {
      digest: factsView('').digest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      fileSize: 48_300_000,
      here: 0,
      images: [{ reference: job.reference, digest: factsView('').digest, beside: 0 }],
      loaded: [],
      refused: null,
    },
  },
};

/** The same in Docker. */
export const loadedInto: JobView = {
  ...installed,
  fileName: 'Docker',
  install: installed.install && {
    ...installed.install,
    engine: 'docker',
    result: installed.install.result && {
      ...installed.install.result,
      loaded: [
        {
          name: job.reference,
          id: `sha256:8d03b17e9f42${'0'.repeat(46)}60e7aa`,
          platform: 'linux/amd64',
          layers: 6,
          layersThere: 2,
          ports: ['8080/tcp'],
          notVerified: null,
        },
      ],
    },
  },
};

/** What people do with that. */
export function inDocker(host: FakeHost): void {
  host.view = loadedInto;
  host.file = {
    ...host.file,
    shown: 'Docker',
    engine: 'docker',
    dockerLoad: null,
    podmanLoad: null,
    ports: ['8080/tcp'],
    command: `slipway pull ${job.reference} --load docker`,
  };
}

/** Images that were installed lately. */
export function lately(host: FakeHost): void {
  host.past = [
    ['octo-org/dataset:7', 1],
    ['octocat/octo-app:2.9.4', 3],
  ].map(([name, days], index) =>
    jobRow(40 - index, {
      kind: 'install',
      reference: `ghcr.io/${String(name)}`,
      fileName: `${String(name).replace(/^.*\//, '').replace(':', '-')}.tar`,
      progress: installed.progress,
      ended: now - Number(days) * DAY,
      verified: true,
    }),
  );
}

export const installScenes: Record<string, (host: FakeHost) => void> = {
  install: lately,
  installTags: (host) => {
    host.have(account('octocat', { isDefault: true }));
    lately(host);
  },
  installMany: (host) => (host.registryTags = manyTags(1000)),
  installHidden: (host) => {
    host.have(account('octocat', { isDefault: true }));
    host.registryTags = hidden('octocat');
  },
  installing: (host) => (host.view = installing),
  installed: (host) => (host.view = installed),
  installedDocker: inDocker,
};
