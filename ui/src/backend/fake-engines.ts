// The stand-in's engines: `?fake=engines`, `?fake=enginesOne` (Podman is not running), `?fake=enginesNone`,
// `?fake=enginesLocked` (the person may not use Docker's socket), `?fake=enginesMany`, each with `#/publish/engines`.

import type {
  ContainerView,
  Draft,
  Engine,
  EngineImageView,
  EnginePartView,
  EngineState,
  EnginesView,
  EngineView,
  FailureView,
  HeldImagesView,
  ImageStateView,
  OpenedView,
} from '../bindings/view';
import type { FakeHost } from './fake';
import { account } from './fake-accounts';
import { FakeInstall } from './fake-install';
import { opened } from './fake-views';

const MINUTE = 60;
const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);
const digest = (start: string) => `sha256:${start.repeat(64 / start.length)}`;

const names: Record<Engine, string> = { docker: 'Docker', podman: 'Podman' };
const versions: Record<Engine, string> = { docker: '29.1.0', podman: '5.6.2' };
const sockets: Record<Engine, string> = {
  docker: '/var/run/docker.sock',
  podman: '/run/user/1000/podman/podman.sock',
};
const commands: Partial<Record<EngineState, Record<Engine, string>>> = {
  notRunning: {
    docker: 'sudo systemctl start docker',
    podman: 'systemctl --user enable --now podman.socket',
  },
  noAccess: {
    docker: 'sudo usermod -aG docker "$USER"',
    podman: 'systemctl --user enable --now podman.socket',
  },
};

/** An engine in a state. */
export function engineView(
  engine: Engine,
  state: EngineState = 'running',
  change: Partial<EngineView> = {},
): EngineView {
  const runs = state === 'running';
  const place = sockets[engine];
  const command = commands[state]?.[engine] ?? null;
  const about = { params: { engine: names[engine] }, technical: null, help: [] };
  const away = `${names[engine]} is not ${state === 'notInstalled' ? 'installed' : 'running'}`;
  const locked = { engine: names[engine], place, command: command ?? '' };
  return {
    engine,
    state,
    version: runs ? versions[engine] : null,
    place: state === 'notInstalled' ? '' : place,
    keepsDigests: runs && engine === 'docker',
    rootless: runs && engine === 'podman',
    failure: runs
      ? null
      : state === 'noAccess'
        ? { ...about, code: 'engine.noAccess', retry: 'afterChange', message: '', params: locked }
        : { ...about, code: 'engine.away', retry: 'yes', message: away },
    command,
    ...change,
  };
}

/** An image of an engine: its names, and how old it is. */
export const heldImage = (
  start: string,
  names: string[],
  age: number,
  change: Partial<EngineImageView> = {},
): EngineImageView => ({
  id: digest(start),
  names,
  digests: [],
  platform: 'linux/amd64',
  size: 142_000_000,
  shared: null,
  created: now() - age,
  containers: 0,
  parts: [],
  unreadable: null,
  ...change,
});

const part = (
  start: string,
  kind: EnginePartView['kind'],
  platform: string | null,
  size: number,
): EnginePartView => ({ digest: digest(start), kind, platform, of: null, available: true, size });

const parts = (): EnginePartView[] => [
  part('a1', 'platform', 'linux/amd64', 156_000_000),
  part('a2', 'platform', 'linux/arm64', 155_000_000),
  part('a3', 'attestation', null, 14_200),
];

/** As in the design's picture. */
export const heldImages = (): EngineImageView[] => [
  heldImage('42f9', ['ghcr.io/octo-org/monalisa:2.4.1', 'ghcr.io/octo-org/monalisa:latest'], 240),
  heldImage('b2', ['octo-app:3.0.0-rc.2'], 26 * MINUTE, {
    ...{ platform: null, size: 311_000_000, parts: parts() },
  }),
  heldImage('b3', ['ghcr.io/octo-org/hubot:5', 'ghcr.io/octo-org/hubot:5.1'], 2 * DAY, {
    ...{ size: 96_400_000, containers: 1 },
  }),
  heldImage('b4', ['ghcr.io/octocat/docs:2026.11'], 3 * DAY, {
    ...{ platform: null, size: 128_000_000, parts: parts().slice(0, 2) },
  }),
  heldImage('b5', ['ghcr.io/octo-app/worker:dev'], 5 * DAY, {
    ...{ platform: 'linux/arm64', size: 402_000_000, containers: 2 },
  }),
  heldImage('b7', ['docker.io/monalisa/base:24'], 21 * DAY, { size: 438_000_000 }),
  heldImage('b8', [], 35 * DAY),
];

const state = (image: EngineImageView, change: Partial<ImageStateView> = {}): ImageStateView => ({
  id: image.id,
  state: 'unknown',
  reason: null,
  registry: 'ghcr.io',
  tag: /:([^/:]*)$/.exec(image.names[0] ?? '')?.[1] ?? '',
  digest: null,
  sameAs: null,
  byConfig: false,
  package: false,
  missing: null,
  again: null,
  failure: null,
  ...change,
});

/** By the last part of the first name. */
const there: Record<string, Partial<ImageStateView>> = {
  monalisa: { state: 'older', tag: 'latest', sameAs: '2.4.0', digest: digest('c1') },
  'octo-app': { state: 'notThere', package: true },
  hubot: { state: 'published', digest: digest('c2') },
  docs: { state: 'published', digest: digest('c3'), byConfig: true },
  worker: { state: 'notThere' },
  base: { reason: 'notAsked', registry: 'docker.io' },
};

/** What a stand-in says of an image. */
export function heldState(image: EngineImageView): ImageStateView {
  if (image.names.length === 0) return state(image, { state: 'noName', registry: '' });
  const name = /([^/:]*):[^/:]*$/.exec(image.names[0] ?? '')?.[1] ?? '';
  return state(image, there[name] ?? { state: 'published', digest: digest('c4') });
}

export const containers: ContainerView[] = [
  { id: 'c0ffee', name: 'quiet_whale', running: true },
  { id: 'decade', name: 'loud_whale', running: false },
];

export abstract class FakeEngines extends FakeInstall {
  engineViews: EngineView[] = [engineView('docker'), engineView('podman')];
  /** What each engine has; a failure instead rejects. */
  heldBy: Record<Engine, EngineImageView[] | FailureView> = { docker: heldImages(), podman: [] };

  engines = (): Promise<EnginesView> => this.note('engines', [], { engines: this.engineViews });
  engineImages = (engine: Engine): Promise<HeldImagesView> => {
    const images = this.heldBy[engine];
    if (!Array.isArray(images)) {
      void this.note('engineImages', [engine], undefined);
      return Promise.reject(images);
    }
    const about = this.engineViews.find((it) => it.engine === engine) ?? engineView(engine);
    const compared = [{ registry: 'ghcr.io', username: 'octocat' }];
    return this.note('engineImages', [engine], { engine: about, images, compared, read: now() });
  };
  imageStates = (engine: Engine, ids: string[], anew: boolean): Promise<ImageStateView[]> => {
    const held = this.heldBy[engine];
    const images = Array.isArray(held) ? held.filter(({ id }) => ids.includes(id)) : [];
    return this.note('imageStates', [engine, ids, anew], images.map(heldState));
  };
  openHeld = (engine: Engine, name: string, draft: Draft): Promise<OpenedView> => {
    const held = { engine, name, id: digest('42f9'), nameIt: false };
    const filled = { ...opened.draft, registry: draft.registry, held };
    return this.note('openHeld', [engine, name, draft], { ...opened, name, draft: filled });
  };
  containersOf = (engine: Engine, id: string): Promise<ContainerView[]> =>
    this.note('containersOf', [engine, id], containers);
  heldCommands = (engine: Engine, images: string[][], draft: Draft): Promise<string> => {
    const lines = images.map(([name = '']) => `slipway push --from ${engine} ${name} ${name}`);
    return this.note('heldCommands', [engine, images, draft], lines.join('\n'));
  };
}

/** So many images. */
export const manyHeld = (count: number): EngineImageView[] =>
  Array.from({ length: count }, (_, at) =>
    heldImage((at + 4096).toString(16), [`ghcr.io/octo-org/image-${at}:1.0`], at * MINUTE),
  );

const both = (docker: EngineState, podman: EngineState) => (host: FakeHost) => {
  host.have(account('octocat', { isDefault: true }));
  host.engineViews = [engineView('docker', docker), engineView('podman', podman)];
};

export const engineScenes: Record<string, (host: FakeHost) => void> = {
  engines: both('running', 'running'),
  enginesOne: both('running', 'notRunning'),
  enginesNone: both('notInstalled', 'notInstalled'),
  enginesMany: (host) => (host.heldBy.docker = manyHeld(500)),
  enginesBroken: (host) => {
    const broken = heldImage('b9', ['local/gone:7'], DAY, { unreadable: 'a layer is missing' });
    host.have(account('octocat', { isDefault: true }));
    host.heldBy.docker = [...heldImages(), broken];
  },
  enginesLocked: both('noAccess', 'notInstalled'),
};
