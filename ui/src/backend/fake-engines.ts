// The stand-in's engines: `?fake=engines`, `?fake=enginesOne` (Podman is not running), `?fake=enginesNone`,
// `?fake=enginesLocked` (the person may not use Docker's socket).

import type { Engine, EngineState, EnginesView, EngineView } from '../bindings/view';
import type { FakeHost } from './fake';
import { FakeInstall } from './fake-install';

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

export abstract class FakeEngines extends FakeInstall {
  engineViews: EngineView[] = [engineView('docker'), engineView('podman')];

  engines = (): Promise<EnginesView> => this.note('engines', [], { engines: this.engineViews });
}

const both = (docker: EngineState, podman: EngineState) => (host: FakeHost) => {
  host.engineViews = [engineView('docker', docker), engineView('podman', podman)];
};

export const engineScenes: Record<string, (host: FakeHost) => void> = {
  engines: both('running', 'running'),
  enginesOne: both('running', 'notRunning'),
  enginesNone: both('notInstalled', 'notInstalled'),
  enginesLocked: both('noAccess', 'notInstalled'),
};
