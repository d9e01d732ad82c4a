// Docker and Podman: whether they answer, and what they have.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeHost } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import {
  engineView,
  heldImage,
  heldImages,
  heldState,
  manyHeld,
} from '../src/backend/fake-engines';
import type { EngineState, FailureView, ImageStateView } from '../src/bindings/view';
import { HeldModel } from '../src/features/engines/model.svelte';
import { announcer } from '../src/lib/announce.svelte';
import { engineName, EnginesModel } from '../src/shell/engines.svelte';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, atRest, page } from './page';

let host: FakeHost;
beforeEach(() => (host = new FakeHost()));

const asked = () => host.asked.filter(({ name }) => name === 'engines').length;

describe('the engines', () => {
  it('are asked once by all who look, and again by whoever wants that', async () => {
    const model = new EnginesModel(host);
    const looks = [model.load(), model.load()];
    expect(model.loading).toBe(true);
    await Promise.all(looks);
    await model.load();
    expect([asked(), model.loading, model.running.length]).toEqual([1, false, 2]);
    host.engineViews = [engineView('docker', 'notInstalled'), engineView('podman', 'notInstalled')];
    await model.check();
    expect([asked(), model.none, model.running.length]).toEqual([2, true, 0]);
  });

  it('are called with as much of their version as people say', () => {
    expect(engineName(engineView('docker'))).toBe('Docker 29.1');
    expect(engineName(engineView('podman', 'notRunning'))).toBe('Podman');
  });

  it('stay as they were while they cannot be asked', async () => {
    const model = new EnginesModel(host);
    await model.load();
    host.engines = () => Promise.reject({ code: 'internal', message: 'gone' } as never);
    await model.check();
    expect([model.failure?.message, model.running.length]).toEqual(['gone', 2]);
  });
});

describe('a registry that asked to wait', () => {
  afterEach(() => vi.useRealTimers());

  it('is asked again when it said so, and others are not', async () => {
    vi.useFakeTimers();
    const [limited, other] = heldImages();
    if (!limited || !other) throw new Error('no images');
    host.imageStates = (_, ids) => {
      const wait = {
        state: 'unknown',
        reason: 'rateLimited',
        again: Date.now() / 1000 + 90,
      } as const;
      const states = [{ ...heldState(limited), ...wait }, heldState(other)];
      return Promise.resolve(states.filter(({ id }) => ids.includes(id)));
    };
    const model = new HeldModel(host, new EnginesModel(host));
    model.want(limited.id);
    model.want(other.id);
    await vi.advanceTimersByTimeAsync(89_000);
    expect(model.limits.map(({ registry }) => registry)).toEqual(['ghcr.io']);
    expect([...model.states.keys()]).toEqual([limited.id, other.id]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([...model.states.keys()]).toEqual([other.id]);
    expect(model.limits).toEqual([]);
  });
});

/** The page in front of a stand-in, all of it drawn. */
async function shown(change: (host: FakeHost) => void = () => undefined): Promise<FakeHost> {
  router.go({ page: 'engines' });
  overlay.open = undefined;
  const host = page((host) => {
    host.have(account('octocat', { isDefault: true }));
    change(host);
  });
  await screen.findByRole('heading', { level: 1, name: 'From Docker or Podman' });
  await atRest();
  return host;
}
const tree = () => screen.findByRole('treegrid', { name: 'Images on this computer' });
const row = (name: RegExp) => screen.getByRole('row', { name });
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const values = (host: FakeHost, name: string) =>
  host.asked.filter((it) => it.name === name).map((it) => it.values);
const are = (docker: EngineState, podman: EngineState) => (host: FakeHost) => {
  host.engineViews = [engineView('docker', docker), engineView('podman', podman)];
};

describe('the page of the engines', () => {
  it('lists images with names, sizes and how they stand at the registry', async () => {
    await shown();
    await tree();
    const states = () =>
      screen
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.textContent.replace(/\s+/g, ' '));
    await waitFor(() => expect(states()[0]).toContain('Older there latest is 2.4.0'));
    const all = states();
    expect(all[0]).toMatch(/ghcr.io\/octo-org\/monalisa 2.4.1\s?latest/);
    expect(all[1]).toContain('2 platforms');
    expect(all[1]).toContain('Not there no such tag');
    expect(all[2]).toContain('1 container');
    expect(all[2]).toContain('Published same digest');
    expect(all[4]).toContain('Not there no such package');
    expect(all[5]).toContain('Unknown docker.io not asked');
    expect(all[6]).toContain('No name name it to publish');
    screen.getByText(
      '7 images, 1.66 GB with shared layers counted in each. Sizes are packed and unpacked together; what is sent is smaller.',
    );
    screen.getByText(/^Compared with ghcr.io as octocat, /);
    // Where no digests were compared, it is said.
    expect(row(/docs/)).toHaveTextContent('the configurations of both images were compared');
    expect(screen.getByRole('link', { name: 'Publish', current: 'page' })).toBeInTheDocument();
    await accessible();
  });

  it('says how much of an image others have, too', async () => {
    const shares = heldImage('e1', ['localhost/shares:1'], 60, { shared: 42_000_000 });
    await shown((host) => (host.heldBy.docker = [shares]));
    const cell = within(row(/shares/)).getByText('142 MB');
    expect(cell).toHaveAccessibleDescription('100 MB of its own, 42.0 MB shared with other images');
    expect(cell.title).toBe('142,000,000 B, 100 MB of its own, 42.0 MB shared with other images');
    // Of one image nothing is counted twice.
    screen.getByText(/^1 image, 142 MB on this computer\./);
  });

  it('says when a registry that asked to wait is asked again, and asks at once where somebody wants that', async () => {
    let limited = true;
    const times: [string[], boolean][] = [];
    const setup = (host: FakeHost) => {
      host.heldBy.docker = manyHeld(3);
      host.imageStates = (_, ids, anew) => {
        times.push([ids, anew]);
        const images = manyHeld(3).filter(({ id }) => ids.includes(id));
        const again = Date.now() / 1000 + 90;
        return Promise.resolve(
          images.map((image) => ({
            ...heldState(image),
            ...(limited && { state: 'unknown', reason: 'rateLimited', again }),
          })) as ImageStateView[],
        );
      };
    };
    await shown(setup);
    await waitFor(() => expect(row(/image-2:/)).toHaveTextContent('Unknown asked to wait'));
    const line = screen
      .getByText('ghcr.io asked to wait.', { selector: '.strong' })
      .closest('.banner') as HTMLElement;
    expect(line).toHaveTextContent(/Asked again at \d\d:\d\d, in 1 min (29|30) s\./);
    await accessible();
    // Somebody does not want to wait.
    limited = false;
    await userEvent.click(within(line).getByRole('button', { name: 'Try now' }));
    await waitFor(() => expect(times).toHaveLength(2));
    expect(times[1]).toEqual([expect.arrayContaining(times[0]?.[0] ?? []), true]);
    await waitFor(() => expect(row(/image-2:/)).toHaveTextContent('Published'));
    expect(screen.queryByText('ghcr.io asked to wait.', { selector: '.strong' })).toBeNull();
  });

  it('knows images of which the registries could not be asked', async () => {
    await shown((host) => {
      host.heldBy.docker = manyHeld(20);
      host.imageStates = () =>
        Promise.reject({ code: 'internal', message: 'gone astray' } as never);
    });
    const drawn = () => screen.getAllByRole('row').slice(1);
    await waitFor(() => {
      for (const one of drawn()) expect(one).toHaveTextContent('Unknown no answer');
    });
    within(row(/image-0:/)).getByTitle('gone astray');
    // The engine answers: nothing else is said of it.
    expect(screen.queryByText('Docker is not running')).toBeNull();
  });

  it('asks no more of registries once they could not be asked', async () => {
    let asks = 0;
    host.imageStates = () => {
      asks += 1;
      return Promise.reject({ code: 'internal', message: 'gone astray' } as never);
    };
    host.heldBy.docker = manyHeld(20);
    const model = new HeldModel(host, new EnginesModel(host));
    await model.show();
    for (const { id } of model.images) model.want(id);
    await waitFor(() => expect(model.states.size).toBe(20));
    const { failure, states } = model;
    expect([asks, failure]).toEqual([1, undefined]);
    expect(new Set([...states.values()].map(({ reason }) => reason))).toEqual(new Set(['failed']));
  });

  it('shows no list of one engine as that of another', async () => {
    const engines = new EnginesModel(host);
    const model = new HeldModel(host, engines);
    await model.show();
    expect([model.engine, model.images.length]).toEqual(['docker', 7]);
    are('notRunning', 'running')(host);
    host.heldBy.podman = { code: 'internal', message: 'gone astray' } as never;
    await engines.check();
    await model.show();
    const { engine, images, failure } = model;
    expect([engine, images.length, failure?.message]).toEqual(['podman', 0, 'gone astray']);
  });

  it('opens no sheet of what was in the form when an image cannot be opened', async () => {
    const host = await shown();
    const inspect = async () => {
      const more = screen.getAllByRole('button', { name: 'More actions' })[0] as HTMLElement;
      await userEvent.click(more);
      await userEvent.click(screen.getByRole('menuitem', { name: 'Inspect' }));
    };
    await inspect();
    await screen.findByRole('dialog', { name: 'Image details' });
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    host.openHeld = () =>
      Promise.reject({ code: 'engine.away', message: 'x', params: {} } as never);
    router.go({ page: 'engines' });
    await tree();
    await inspect();
    await screen.findByRole('region', { name: 'Destination' });
    await atRest();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('waits for no registry with its list', async () => {
    let answer: (() => void) | undefined;
    router.go({ page: 'engines' });
    page((host) => {
      const before = host.imageStates;
      host.imageStates = (...asked) =>
        new Promise((done) => (answer = () => void before(...asked).then(done)));
    });
    await waitFor(() => expect(row(/octo-org\/monalisa/)).toHaveTextContent('—'));
    await waitFor(() => expect(answer).toBeDefined());
    answer?.();
    await waitFor(() => expect(row(/octo-org\/monalisa/)).toHaveTextContent('Older there'));
  });

  it('is filtered by name, tag and digest', async () => {
    await shown();
    const filter = screen.getByRole('searchbox', { name: 'Filter images' });
    for (const [text, count] of [
      ['hubot', 1],
      ['2.4.1', 1],
      ['sha256:b4b4', 1],
      ['', 7],
    ] as const) {
      await userEvent.clear(filter);
      if (text) await userEvent.type(filter, text);
      await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(count + 1));
    }
    await userEvent.type(filter, 'nowhere');
    await screen.findByText('No image matches');
  });

  it('is a tree that the keyboard goes through', async () => {
    await shown();
    const [, first, second] = screen.getAllByRole('row');
    first?.focus();
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(second).toHaveFocus());
    expect(second).toHaveAttribute('aria-expanded', 'false');
    await userEvent.keyboard('{ArrowRight}');
    expect(second).toHaveAttribute('aria-expanded', 'true');
    const parts = screen.getAllByRole('row').filter((it) => it.ariaLevel === '2');
    expect(parts.map((it) => it.getAttribute('aria-level'))).toEqual(['2', '2', '2']);
    expect(parts[0]).toHaveTextContent('part of octo-app');
    expect(within(parts[0] as HTMLElement).queryByRole('checkbox')).toBeNull();
    await userEvent.keyboard('{ArrowRight}');
    await waitFor(() => expect(parts[0]).toHaveFocus());
    await userEvent.keyboard('{ArrowLeft}');
    await waitFor(() => expect(second).toHaveFocus());
    await userEvent.keyboard(' ');
    expect(second).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{ArrowLeft}');
    expect(second).toHaveAttribute('aria-expanded', 'false');
    await userEvent.keyboard('{End}');
    await waitFor(() => expect(screen.getAllByRole('row').at(-1)).toHaveFocus());
    await userEvent.keyboard('{Home}');
    await waitFor(() => expect(first).toHaveFocus());
    // One stop for Tab among all rows.
    const stops = screen.getAllByRole('row').filter((it) => it.tabIndex === 0);
    expect(stops).toEqual([first]);
  });

  it('leaves out what cannot be published, and says why', async () => {
    const broken = heldImage('c9', ['ghcr.io/octo-org/cut:1'], 60, {
      unreadable: 'a layer is missing',
    });
    await shown((host) => (host.heldBy.docker = [...heldImages(), broken]));
    const box = screen.getByRole('checkbox', { name: 'Select ghcr.io/octo-org/cut:1' });
    expect(box).toBeDisabled();
    expect(box).toHaveAccessibleDescription('not complete: a layer is missing');
    expect(screen.getByRole('checkbox', { name: /^Select b8b8/ })).toBeDisabled();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Select all' }));
    await button('Publish 6 images');
  });

  it('publishes one in the form, and several one after the other', async () => {
    const host = await shown();
    const bar = await button(/^Publish/);
    expect(bar).toHaveAttribute('aria-disabled', 'true');
    expect(bar).toHaveAccessibleDescription('Choose an image');
    await userEvent.click(screen.getByRole('checkbox', { name: /octo-org\/monalisa/ }));
    await userEvent.click(screen.getByRole('checkbox', { name: /octo-app:3/ }));
    screen.getByText(/^2 images, 453 MB with shared layers counted in each/);
    await userEvent.click(await button('Show as command'));
    const dialog = await screen.findByRole('dialog', { name: 'Show as command' });
    expect(dialog).toHaveTextContent('slipway push --from docker octo-app:3.0.0-rc.2');
    await accessible();
    await userEvent.keyboard('{Escape}');
    await userEvent.click(await button('Publish 2 images'));
    await screen.findByRole('region', { name: 'Destination' });
    expect(router.current.page).toBe('publish');
    expect(values(host, 'openHeld').map(([engine, name]) => [engine, name])).toEqual([
      ['docker', 'ghcr.io/octo-org/monalisa:2.4.1'],
    ]);
    const waiting = screen.getByRole('list', { name: 'Images to publish' });
    expect(within(waiting).getAllByRole('listitem')).toHaveLength(2);
    await userEvent.click(screen.getByRole('checkbox', { name: 'Also name it so in Docker' }));
    await atRest();
    await userEvent.click(await button(/^Publish \d/));
    const [draft] = values(host, 'publish')[0] as [{ held: object }];
    expect(draft.held).toMatchObject({ engine: 'docker', nameIt: true });
    // What was exported belongs to the job now.
    router.go({ page: 'publish' });
    await screen.findByRole('region', { name: 'Drop zone' });
    expect(values(host, 'leaveImage')).toEqual([]);
  });

  it('lets go of what was exported when the form is left', async () => {
    const host = await shown();
    screen.getAllByRole('row')[1]?.focus();
    await userEvent.keyboard('{Enter}');
    await screen.findByRole('region', { name: 'Destination' });
    await userEvent.click(await button('Back to the start page'));
    expect(values(host, 'leaveImage')).toHaveLength(1);
  });

  it('names, copies and tells of an image, and removes nothing', async () => {
    const host = await shown();
    const more = () => screen.getAllByRole('button', { name: 'More actions' })[0] as HTMLElement;
    await userEvent.click(more());
    const actions = screen.getAllByRole('menuitem').map((it) => it.textContent.trim());
    expect(actions).toEqual(['Publish…', 'Inspect', 'Add tag…', 'Copy ID', 'Show containers']);
    await userEvent.click(screen.getByRole('menuitem', { name: 'Show containers' }));
    const dialog = await screen.findByRole('dialog', { name: /^Containers of ghcr.io/ });
    await within(dialog).findByText('quiet_whale');
    await accessible();
    await userEvent.keyboard('{Escape}');
    await userEvent.click(more());
    await userEvent.click(screen.getByRole('menuitem', { name: 'Add tag…' }));
    const field = await screen.findByRole('textbox', { name: 'New name' });
    await userEvent.clear(field);
    host.tagHeld = () =>
      Promise.reject({ code: 'form.problem', message: 'no name', params: {} } as never);
    await userEvent.type(field, 'ghcr.io/octocat/mona:1{Enter}');
    expect(await screen.findByRole('alert', { name: '' })).toBeInTheDocument();
    const asked: unknown[] = [];
    host.tagHeld = (...values) => Promise.resolve(void asked.push(values));
    await userEvent.click(await button('Add this name'));
    await waitFor(() =>
      expect(asked).toEqual([['docker', heldImages()[0]?.id, 'ghcr.io/octocat/mona:1']]),
    );
    expect(announcer.polite).toContain('ghcr.io/octocat/mona:1');
  });

  it('draws few of very many images', async () => {
    await shown((host) => (host.heldBy.docker = manyHeld(500)));
    const grid = await tree();
    expect(grid).toHaveAttribute('aria-rowcount', '501');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
  });

  it('asks of those alone that are seen, and anew when somebody wants that', async () => {
    const host = await shown((host) => (host.heldBy.docker = manyHeld(500)));
    const asked = () => values(host, 'imageStates').flatMap(([, ids]) => ids as string[]);
    expect(asked().length).toBeLessThan(60);
    expect(new Set(asked()).size).toBe(asked().length);
    expect(values(host, 'imageStates').every(([, , anew]) => anew === false)).toBe(true);
    await userEvent.click(await button('Check again'));
    await waitFor(() => expect(values(host, 'imageStates').some(([, , anew]) => anew)).toBe(true));
    expect(values(host, 'engines')).toHaveLength(2);
  });
});

describe('an engine that is not to be had', () => {
  it('is told apart from others, with what starts it', async () => {
    const host = await shown(are('running', 'notRunning'));
    await userEvent.click(screen.getByRole('radio', { name: 'Podman not running' }));
    await screen.findByRole('heading', { name: 'Podman is not running' });
    screen.getByText('systemctl --user enable --now podman.socket');
    await accessible();
    await userEvent.click(await button('How to install'));
    expect(values(host, 'openLink')).toEqual([['installPodman']]);
    are('running', 'running')(host);
    host.heldBy.podman = [heldImage('dd', ['localhost/mine:1'], 60)];
    const again = screen.getAllByRole('button', { name: 'Check again' });
    await userEvent.click(again.at(-1) as HTMLElement);
    await waitFor(() => expect(row(/mine/)).toBeInTheDocument());
  });

  it('may be there and not ours', async () => {
    await shown(are('noAccess', 'notInstalled'));
    await screen.findByRole('heading', { name: 'You may not use the Docker socket' });
    screen.getByText('sudo usermod -aG docker "$USER"');
    await button('Copy command');
    await accessible();
  });

  it('is not wanted where there is none: a file does as well', async () => {
    const host = await shown(are('notInstalled', 'notInstalled'));
    await screen.findByRole('heading', { name: 'No Docker or Podman on this computer' });
    await button('How to install');
    await accessible();
    await userEvent.click(await button('Choose image…'));
    await waitFor(() => expect(values(host, 'chooseImage')).toHaveLength(1));
  });

  it('leaves its list behind, with its age', async () => {
    const host = await shown();
    are('notRunning', 'running')(host);
    await userEvent.click(await button('Check again'));
    const banner = await screen.findByText('Docker is not running');
    expect(banner.closest('[role=alert]')).toHaveTextContent('The list is as of');
    expect(row(/octo-org\/monalisa/)).toBeInTheDocument();
    // Nothing comes out of it now.
    const chosen = within(row(/octo-org\/monalisa/)).getByRole('checkbox');
    await userEvent.click(chosen);
    const publish = await button('Publish…');
    expect(publish).toHaveAttribute('aria-disabled', 'true');
    expect(publish).toHaveAccessibleDescription('Docker is not running');
    await userEvent.click(publish);
    row(/octo-org\/monalisa/).focus();
    await userEvent.keyboard('{Enter}');
    expect(values(host, 'openHeld')).toEqual([]);
  });

  it('says above its list why there is no newer one', async () => {
    const host = await shown();
    are('noAccess', 'running')(host);
    await userEvent.click(await button('Check again'));
    const banner = await screen.findByText('You may not use the Docker socket');
    expect(banner.closest('[role=alert]')).toHaveTextContent('sudo usermod -aG docker "$USER"');
    expect(screen.queryByText('Docker is not running')).toBeNull();
  });

  it('says what it said where it refuses its list', async () => {
    const refuses = { code: 'engine.refused', params: {}, message: 'Docker refused: not today' };
    await shown((host) => (host.heldBy.docker = refuses as FailureView));
    await screen.findByRole('heading', { name: 'Docker can’t be used' });
    expect(screen.getByText('Docker refused: not today')).toHaveAttribute('lang', 'en');
    await accessible();
  });

  it('is asked again where not even the engines could be asked', async () => {
    const failure = { code: 'internal', message: 'gone astray', params: {} } as never;
    const host = await shown((host) => {
      host.engines = () => Promise.reject(failure);
      host.heldBy.docker = failure;
    });
    await screen.findByText('gone astray');
    await accessible();
    host.engines = () => Promise.resolve({ engines: host.engineViews });
    host.heldBy.docker = heldImages();
    const again = screen.getAllByRole('button', { name: 'Check again' });
    await userEvent.click(again.at(-1) as HTMLElement);
    await waitFor(() => expect(row(/octo-org\/monalisa/)).toBeInTheDocument());
  });

  it('may have no images', async () => {
    await shown((host) => (host.heldBy.docker = []));
    await screen.findByRole('heading', { name: 'Docker has no images' });
    await button('Install…');
    await userEvent.click(await button('Build from a Dockerfile…'));
    await screen.findByRole('heading', { level: 1, name: 'Build from a Dockerfile' });
  });
});

it('claims nothing of a package that GitHub will not speak of', async () => {
  const [image] = heldImages();
  await shown((host) => {
    host.heldBy.docker = image ? [image] : [];
    host.imageStates = () =>
      Promise.resolve(image ? [{ ...heldState(image), state: 'unknown', reason: 'noAccess' }] : []);
  });
  await waitFor(() => expect(row(/monalisa/)).toHaveTextContent('Unknown not found, or no access'));
});

it('has every state in words', () => {
  const states = heldImages().map((image) => heldState(image).state);
  expect(new Set(states)).toEqual(new Set(['older', 'notThere', 'published', 'unknown', 'noName']));
});
