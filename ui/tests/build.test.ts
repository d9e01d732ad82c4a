// Build from a Dockerfile: the form, a build that runs, fails, ends, and what becomes of its image.

import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import {
  brokenBuild,
  buildFolder,
  buildProgress,
  buildRun,
  builtResult,
} from '../src/backend/fake-build';
import { engineView } from '../src/backend/fake-engines';
import type { FakeHost } from '../src/backend/fake';
import { done, failed } from '../src/backend/fake';
import type { BuildUpdate, FailureView } from '../src/bindings/view';
import { i18n } from '../src/i18n/index.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, atRest, page } from './page';

const user = userEvent.setup();
const button = (name: string | RegExp) => screen.findByRole('button', { name });

const rail = (name: string) =>
  within(screen.getByRole('navigation', { name: 'Main' })).getByRole('link', { name });

async function building(change: (host: FakeHost) => void = () => undefined): Promise<FakeHost> {
  location.hash = '#/publish/build';
  window.dispatchEvent(new HashChangeEvent('hashchange'));
  const host = page(change);
  await screen.findByRole('heading', { level: 1, name: 'Build from a Dockerfile' });
  return host;
}

const asked = (host: FakeHost, wanted: string) =>
  host.asked.filter(({ name }) => name === wanted).map(({ values }) => values);

beforeEach(() => i18n.use('en'));

describe('the form', () => {
  it('offers what the Dockerfile takes and sends only what was typed', async () => {
    const host = await building();
    await user.click(await button('Choose folder…'));
    expect(await screen.findByRole('textbox', { name: 'Folder' })).toHaveValue('~/src/octo-app');
    await screen.findByText('1,204 files, 8.41 MB; .dockerignore leaves out 3,117');
    expect(screen.getByRole('combobox', { name: 'Target stage' })).toHaveTextContent('runtime');
    const list = screen.getByRole('list', { name: 'Build arguments' });
    within(list).getByRole('listitem', { name: 'NPM_TOKEN, secret, not shown' });
    const value = screen.getByRole('textbox', { name: 'Value of NODE_VERSION' });
    expect(value).toHaveAttribute('placeholder', '24 by default');
    await user.type(value, '26');
    // One that looks like a secret becomes one.
    await user.click(await button('Make it a secret'));
    within(list).getByRole('listitem', { name: 'API_TOKEN, secret, not shown' });
    await user.click(await screen.findByRole('radio', { name: 'Both' }));
    await accessible();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(asked(host, 'beginBuild')).toHaveLength(1));
    expect(asked(host, 'beginBuild')[0]?.[0]).toMatchObject({
      folder: 7,
      dockerfile: 'Dockerfile',
      platforms: ['linux/amd64', 'linux/arm64'],
      arguments: [{ name: 'NODE_VERSION', value: '26' }],
      secrets: [
        { id: 'API_TOKEN', from: { kind: 'environment', variable: 'API_TOKEN' } },
        { id: 'NPM_TOKEN', from: { kind: 'environment', variable: 'NPM_TOKEN' } },
      ],
      publish: '',
    });
  });

  it('says what is missing, and builds nothing before', async () => {
    const host = await building((it) => {
      it.engineViews = [engineView('docker', 'notRunning'), engineView('podman', 'notInstalled')];
      it.folder = { ...buildFolder, dockerfile: null };
    });
    const build = await button(/^Build with/);
    expect(build).toHaveAccessibleDescription('Choose a folder');
    await user.click(await button('Choose folder…'));
    await waitFor(() => expect(build).toHaveAccessibleDescription('Choose a Dockerfile'));
    await user.selectOptions(
      screen.getByRole('combobox', { name: 'Dockerfile' }),
      'Dockerfile.dev',
    );
    await waitFor(() => expect(build).toHaveAccessibleDescription('Docker does not answer'));
    await user.click(build);
    expect(asked(host, 'beginBuild')).toEqual([]);
    host.engineViews = [engineView('docker'), engineView('podman', 'notInstalled')];
    await user.click(await button('Check again'));
    await waitFor(() => expect(build).toHaveAttribute('aria-disabled', 'false'));
  });

  it('takes a secret by the file that holds it', async () => {
    const host = await building();
    await user.click(await button('Choose folder…'));
    await user.click(await button('Add argument…'));
    const dialog = await screen.findByRole('dialog', { name: 'Add an argument or a secret' });
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'npmrc');
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Kind' }), 'file');
    await user.click(within(dialog).getByRole('button', { name: 'Choose file…' }));
    await within(dialog).findByText('~/.npmrc');
    await user.click(within(dialog).getByRole('button', { name: 'Add' }));
    await screen.findByRole('listitem', { name: 'npmrc, secret, not shown' });
    await user.click(await button('Remove NPM_TOKEN'));
    await user.click(await button(/^Build with/));
    await waitFor(() => expect(asked(host, 'beginBuild')).toHaveLength(1));
    expect(asked(host, 'beginBuild')[0]?.[0]).toMatchObject({
      secrets: [{ id: 'npmrc', from: { kind: 'file', file: 3 } }],
    });
  });

  it('keeps both platforms when the engine is asked again', async () => {
    const host = await building();
    await user.click(await button('Choose folder…'));
    await user.click(await screen.findByRole('radio', { name: 'Both' }));
    await user.click(rail('Activity'));
    await atRest();
    await user.click(rail('Publish'));
    await user.click(await button('Build from a Dockerfile…'));
    await atRest();
    expect(await screen.findByRole('radio', { name: 'Both' })).toBeChecked();
    // An engine that does not answer takes nothing back.
    host.buildEngine = () => Promise.reject({ code: 'engine.away', message: 'away' } as never);
    await user.selectOptions(
      screen.getByRole('combobox', { name: 'Dockerfile' }),
      'Dockerfile.dev',
    );
    await atRest();
    expect(screen.getByRole('radio', { name: 'Both' })).toBeChecked();
    await user.click(await button(/^Build with/));
    await waitFor(() => expect(asked(host, 'beginBuild')).toHaveLength(1));
    expect(asked(host, 'beginBuild')[0]?.[0]).toMatchObject({
      platforms: ['linux/amd64', 'linux/arm64'],
    });
  });

  it('gives both up where the engine cannot run one of them any more', async () => {
    const host = await building();
    await user.click(await button('Choose folder…'));
    await user.click(await screen.findByRole('radio', { name: 'Both' }));
    host.platforms = [
      { platform: 'linux/amd64', how: 'native' },
      { platform: 'linux/arm64', how: 'noEmulator' },
    ];
    await user.selectOptions(
      screen.getByRole('combobox', { name: 'Dockerfile' }),
      'Dockerfile.dev',
    );
    await waitFor(() => expect(screen.getByRole('radio', { name: 'linux/amd64' })).toBeChecked());
  });

  it('forgets where an image goes when another folder is chosen', async () => {
    const host = await building();
    await user.click(await button('Choose folder…'));
    const box = screen.getByRole('checkbox', { name: 'Publish when built' });
    await user.click(box);
    await user.type(
      await screen.findByRole('textbox', { name: 'Destination of the image' }),
      'ghcr.io/o/a:1{Enter}',
    );
    await screen.findByText('to ghcr.io/o/a:1');
    // Another Dockerfile of the same folder changes nothing of it.
    await user.selectOptions(
      screen.getByRole('combobox', { name: 'Dockerfile' }),
      'Dockerfile.dev',
    );
    await atRest();
    expect(box).toBeChecked();
    host.folder = { ...buildFolder, folder: 8, shown: '~/src/b' };
    await user.click(await button('Choose folder…'));
    await waitFor(() => expect(box).not.toBeChecked());
    expect(screen.queryByText('to ghcr.io/o/a:1')).toBeNull();
    await user.click(await button(/^Build with/));
    await waitFor(() => expect(asked(host, 'beginBuild')).toHaveLength(1));
    expect(asked(host, 'beginBuild')[0]?.[0]).toMatchObject({ folder: 8, publish: '' });
  });

  it('publishes nothing without a destination, and says so', async () => {
    await building();
    const box = screen.getByRole('checkbox', { name: 'Publish when built' });
    await user.click(box);
    const dialog = await screen.findByRole('dialog', { name: 'Where to publish' });
    expect(box).toBeChecked();
    // What Esc does, which the stand-in for a browser does not.
    await fireEvent(dialog, new Event('cancel'));
    await waitFor(() => expect(box).not.toBeChecked());
  });

  it('has no box for a platform that this computer cannot run', async () => {
    await building((it) => {
      it.platforms = [
        { platform: 'linux/amd64', how: 'native' },
        { platform: 'linux/arm64', how: 'noEmulator' },
      ];
    });
    await user.click(await button('Choose folder…'));
    const arm = await screen.findByRole('radio', { name: 'linux/arm64' });
    expect(arm).toBeDisabled();
    expect(arm).toHaveAccessibleDescription('No emulator for linux/arm64');
    expect(screen.getByRole('radio', { name: 'Both' })).toBeDisabled();
  });
});

describe('a build', () => {
  it('comes into view where it lies below the form, and takes no focus', async () => {
    const brought = vi.spyOn(Element.prototype, 'scrollIntoView');
    const places = () => brought.mock.contexts.map((it) => (it as Element).className);
    await building((it) => (it.argumentFolder = buildFolder));
    cleanup();
    await building((it) => (it.latest = 21));
    expect(places().filter((name) => name.includes('outcome'))).toEqual([]);
    cleanup();
    const wide = window.matchMedia;
    vi.spyOn(window, 'matchMedia').mockImplementation((media) =>
      Object.assign(wide(media), { matches: media === '(max-width: 959px)' }),
    );
    await building((it) => (it.latest = 21));
    await screen.findByRole('region', { name: 'Building octo-app' });
    expect(places().filter((name) => name.includes('outcome'))).toHaveLength(1);
    await accessible();
  });

  it('is not published by whoever takes that back while it is looked into', async () => {
    const host = await building((it) => {
      it.latest = 21;
      it.building = buildRun({
        publish: 'ghcr.io/octo-org/octo-app:3.0.0',
        progress: buildProgress({ state: 'sending' }),
      });
    });
    const box = await screen.findByRole('checkbox', { name: 'Publish when built' });
    await waitFor(() => expect(box).toBeChecked());
    host.build?.({
      kind: 'progress',
      progress: buildProgress({ state: 'done', result: builtResult, after: { kind: 'looking' } }),
      ...{ publish: 'ghcr.io/octo-org/octo-app:3.0.0', steps: [], lines: [] },
    });
    await screen.findByText('Looking whether it can be published');
    await user.click(box);
    await waitFor(() => expect(asked(host, 'setBuildPublish')).toEqual([[21, '']]));
  });

  it('says what starts the engine that it wants', async () => {
    const host = await building((it) => {
      it.engineViews = [engineView('docker', 'notRunning'), engineView('podman', 'notInstalled')];
    });
    await screen.findByRole('heading', { name: 'Docker is not running' });
    screen.getByText('sudo systemctl start docker');
    await user.click(await button('How to install'));
    expect(asked(host, 'openLink')).toEqual([['installDocker']]);
    host.engineViews = [engineView('docker')];
    await user.click(await button('Check again'));
    await screen.findByRole('heading', { name: 'Drop a folder with a Dockerfile' });
  });

  it('shows its steps and the log of the one that runs', async () => {
    const host = await building((it) => (it.latest = 21));
    const run = await screen.findByRole('region', { name: 'Building octo-app' });
    const steps = within(run).getByRole('list', { name: 'Steps' });
    expect(within(steps).getAllByRole('listitem')).toHaveLength(9);
    const current = within(steps).getByRole('button', {
      name: /^Running, build, RUN npm run build/,
    });
    expect(current.closest('li')).toHaveAttribute('aria-current', 'step');
    within(steps).getByRole('button', { name: 'Cached, deps, WORKDIR /srv, Cached' });
    const bar = within(run).getByRole('progressbar', { name: 'Building' });
    expect(bar.getAttribute('aria-valuetext')).toMatch(/^step 7 of 9, 38 s/);
    // Six are done.
    expect(bar).toHaveAttribute('aria-valuenow', '66');
    const log = within(run).getByRole('log', { name: 'Log' });
    expect(log).toHaveTextContent('214 modules transformed');
    host.build?.({
      kind: 'progress',
      progress: buildProgress(),
      publish: '',
      steps: [],
      lines: [{ step: 6, atMs: 30_600, text: 'computing gzip size...' }],
    });
    await waitFor(() => expect(log).toHaveTextContent('computing gzip size'));
    await accessible();
    await user.click(await button('Cancel'));
    expect(asked(host, 'cancelJob')).toEqual([[21]]);
  });

  it('tells a failure with its step, file and line, and can be built again', async () => {
    const host = await building((it) => {
      it.argumentFolder = buildFolder;
      it.latest = 21;
      it.building = brokenBuild();
    });
    const run = await screen.findByRole('region', { name: /^Failed/ });
    const alert = within(run).getByRole('alert');
    expect(alert).toHaveTextContent('RUN npm run build ended with 1');
    expect(alert).toHaveTextContent('Dockerfile, line 12');
    within(run).getByRole('log', { name: 'Log' });
    await accessible();
    await user.click(await button('Build again'));
    await waitFor(() => expect(asked(host, 'beginBuild')).toHaveLength(1));
  });

  it('publishes when built where somebody wants that, and tells what it waits for', async () => {
    const host = await building((it) => (it.latest = 21));
    await user.click(await screen.findByRole('checkbox', { name: 'Publish when built' }));
    const dialog = await screen.findByRole('dialog', { name: 'Where to publish' });
    const field = within(dialog).getByRole('textbox', { name: 'Destination of the image' });
    await user.type(field, 'ghcr.io/octo-org/octo-app:3.0.0{Enter}');
    await waitFor(() =>
      expect(asked(host, 'setBuildPublish').at(-1)).toEqual([
        21,
        'ghcr.io/octo-org/octo-app:3.0.0',
      ]),
    );
    const failure: FailureView = {
      ...{ code: 'signIn.required', message: 'no account', params: {} },
      ...{ retry: 'afterChange', help: [], technical: null },
    };
    host.build?.({
      kind: 'progress',
      progress: buildProgress({
        state: 'done',
        result: builtResult,
        after: { kind: 'waits', failure, checks: [] },
      }),
      publish: 'ghcr.io/octo-org/octo-app:3.0.0',
      steps: [],
      lines: [],
    });
    await screen.findByText('Publishing waits');
    await screen.findByRole('region', { name: 'Built octo-app' });
    await user.click(await button('Publish'));
    await waitFor(() =>
      expect(asked(host, 'publishBuilt')).toEqual([[21, 'ghcr.io/octo-org/octo-app:3.0.0']]),
    );
  });

  it('goes on without the page, and is found again there', async () => {
    const host = await building((it) => {
      it.building = buildRun({ progress: buildProgress({ state: 'sending' }) });
      it.latest = 21;
    });
    await screen.findByText('Sending 8.41 MB to Docker 29.1');
    await user.click(rail('Activity'));
    await atRest();
    await user.click(rail('Publish'));
    await user.click(await button('Build from a Dockerfile…'));
    await screen.findByRole('region', { name: 'Building octo-app' });
    expect(asked(host, 'cancelJob')).toEqual([]);
  });

  it('that is over ticks no box for the next one', async () => {
    await building((it) => {
      it.argumentFolder = buildFolder;
      it.latest = 21;
      it.building = { ...brokenBuild(), publish: 'ghcr.io/o/a:1' };
    });
    await screen.findByRole('region', { name: /^Failed/ });
    expect(screen.getByRole('checkbox', { name: 'Publish when built' })).not.toBeChecked();
  });

  it('that is not what stands in the form takes nothing from it', async () => {
    const host = await building((it) => {
      it.latest = 21;
      it.building = buildRun({ publish: 'ghcr.io/o/a:1' });
    });
    const box = await screen.findByRole('checkbox', { name: 'Publish when built' });
    await waitFor(() => expect(box).toBeChecked());
    host.folder = { ...buildFolder, folder: 8, shown: '~/src/b' };
    await user.click(await button('Choose folder…'));
    await waitFor(() => expect(box).not.toBeChecked());
    await user.click(box);
    await user.type(
      await screen.findByRole('textbox', { name: 'Destination of the image' }),
      'ghcr.io/o/b:1{Enter}',
    );
    await screen.findByText('to ghcr.io/o/b:1');
    expect(asked(host, 'setBuildPublish')).toEqual([]);
    host.build?.({
      kind: 'progress',
      progress: buildProgress({ state: 'done', result: builtResult }),
      ...{ publish: 'ghcr.io/o/a:1', steps: [], lines: [] },
    });
    await screen.findByRole('region', { name: 'Built octo-app' });
    // Neither is the one built again under the other's name, nor does it go where the other goes.
    expect(screen.queryByRole('button', { name: 'Build again' })).toBeNull();
    expect(screen.queryByRole('button', { name: /^Publish / })).toBeNull();
  });

  it('is built again only when that is possible', async () => {
    const host = await building((it) => {
      it.argumentFolder = buildFolder;
      it.engineViews = [engineView('docker', 'notRunning'), engineView('podman', 'notInstalled')];
      it.latest = 21;
      it.building = brokenBuild();
    });
    const again = await button('Build again');
    await waitFor(() => expect(again).toHaveAttribute('aria-disabled', 'true'));
    expect(again).toHaveAccessibleDescription('Docker does not answer');
    host.engineViews = [engineView('docker'), engineView('podman', 'notInstalled')];
    await user.click(await button('Check again'));
    await waitFor(() => expect(again).toHaveAttribute('aria-disabled', 'false'));
  });

  it('with no folder in the form has no more to do than to choose one', async () => {
    await building((it) => {
      it.latest = 21;
      it.building = brokenBuild();
    });
    await screen.findByRole('region', { name: /^Failed/ });
    expect(screen.queryByRole('button', { name: 'Build again' })).toBeNull();
    expect(await button(/^Build with/)).toHaveAccessibleDescription('Choose a folder');
  });

  it('is published once, however often somebody presses', async () => {
    let answer: () => void = () => undefined;
    const wanted = vi.fn(() => new Promise<void>((done) => (answer = done)));
    const host = await building((it) => {
      it.publishBuilt = wanted;
      it.latest = 21;
      it.building = buildRun({ progress: buildProgress({ state: 'done', result: builtResult }) });
    });
    // Where nothing was named there is nothing to change.
    expect(screen.queryByRole('button', { name: 'Change…' })).toBeNull();
    await user.click(await screen.findByRole('checkbox', { name: 'Publish when built' }));
    await user.type(
      await screen.findByRole('textbox', { name: 'Destination of the image' }),
      'ghcr.io/o/a:1{Enter}',
    );
    const publish = await button('Publish');
    await user.dblClick(publish);
    expect(wanted).toHaveBeenCalledTimes(1);
    expect(publish).toHaveAttribute('aria-disabled', 'true');
    answer();
    await waitFor(() => expect(publish).toHaveAttribute('aria-disabled', 'false'));
    host.build?.({
      kind: 'progress',
      progress: buildProgress({ state: 'done', result: builtResult, after: { kind: 'looking' } }),
      ...{ publish: 'ghcr.io/o/a:1', steps: [], lines: [] },
    });
    await screen.findByText('Looking whether it can be published');
    await user.click(publish);
    expect(wanted).toHaveBeenCalledTimes(1);
  });

  it('fills the form where nobody said where it goes', async () => {
    const host = await building((it) => {
      it.latest = 21;
      it.building = buildRun({ progress: buildProgress({ state: 'done', result: builtResult }) });
      // It has no name in the engine.
      const { openHeld } = it;
      it.openHeld = async (engine, name, draft) => {
        const opened = await openHeld(engine, name, draft);
        return { ...opened, draft: { ...opened.draft, imageName: '' } };
      };
    });
    await user.click(await button('Publish'));
    await screen.findByRole('heading', { level: 1, name: 'Publish' });
    const [engine, name] = asked(host, 'openHeld')[0] ?? [];
    expect([engine, name]).toEqual(['docker', builtResult.ids[0]]);
    expect(await screen.findByRole('textbox', { name: 'Image name' })).toHaveValue('octo-app');
    expect(asked(host, 'publishBuilt')).toEqual([]);
  });

  it('is heard once, however often somebody comes back to it', async () => {
    const views: ((update: BuildUpdate) => void)[] = [];
    await building((it) => {
      it.latest = 21;
      it.watchBuild = (job, view) => {
        view({ kind: 'snapshot', build: buildRun({ job, name: `app ${job}` }), lines: [] });
        if (job === 21) views.push(view);
        return Promise.resolve();
      };
    });
    await screen.findByRole('region', { name: 'Building app 21' });
    for (const job of [22, 21]) {
      router.go({ page: 'build', job });
      await screen.findByRole('region', { name: `Building app ${job}` });
    }
    expect(views).toHaveLength(2);
    const line = { step: 6, atMs: 1, text: 'said once' };
    for (const view of views)
      view({ kind: 'progress', progress: buildProgress(), publish: '', steps: [], lines: [line] });
    const log = await screen.findByRole('log', { name: 'Log' });
    await waitFor(() => expect(log).toHaveTextContent('said once'));
    expect(log.textContent.match(/said once/g)).toHaveLength(1);
  });

  it('of an earlier run is shown as it is kept, and not another one in its place', async () => {
    const host = await building((it) => (it.latest = 21));
    await screen.findByRole('region', { name: 'Building octo-app' });
    host.watchBuild = () => Promise.resolve();
    const build = { ...buildRun().build, folder: '~/src/old', result: builtResult };
    host.view = { ...done, id: 4, kind: 'build', title: 'old', platforms: ['linux/s390x'], build };
    router.go({ page: 'build', job: 4 });
    const run = await screen.findByRole('region', { name: 'Built old' });
    expect(run).toHaveTextContent('9 steps, 4 cached, 48.9 MB unpacked');
    expect(run).toHaveTextContent('~/src/old, Dockerfile, Docker 29.1');
    expect(run).toHaveTextContent('linux/s390x');
    expect(run).toHaveTextContent('41 s');
    expect(run).toHaveTextContent('Steps and log are there until Slipway ends.');
    expect(within(run).queryAllByRole('listitem')).toEqual([]);
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
    expect(screen.queryByRole('button', { name: /^Publish / })).toBeNull();
    await accessible();
    // The build that runs is found again.
    host.watchBuild = (_, view) => {
      view({ kind: 'snapshot', build: buildRun(), lines: [] });
      return Promise.resolve();
    };
    router.go({ page: 'build' });
    await screen.findByRole('region', { name: 'Building octo-app' });
  });

  it('of an earlier run tells why it failed', async () => {
    await building((it) => {
      const { build, progress } = brokenBuild();
      it.view = { ...failed, id: 4, kind: 'build', title: 'old', build, failure: progress.failure };
      it.watchBuild = () => Promise.resolve();
      it.latest = 4;
    });
    const run = await screen.findByRole('region', { name: 'Failed: old' });
    expect(within(run).getByRole('alert')).toHaveTextContent(
      'the build of Dockerfile failed at line 12',
    );
  });

  it('reads in Chinese', async () => {
    location.hash = '#/publish/build';
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    page((it) => {
      it.language = 'zh-CN';
      it.latest = 21;
    });
    await screen.findByRole('heading', { level: 1, name: '从 Dockerfile 构建' });
    await screen.findByRole('region', { name: '正在构建 octo-app' });
  });
});

describe('a folder', () => {
  it('that is dropped, or that Slipway was started with, is one to build', async () => {
    const host = page((it) => (it.argumentFolder = buildFolder));
    await screen.findByRole('heading', { level: 1, name: 'Build from a Dockerfile' });
    await user.click(rail('Publish'));
    const item = { file: 5, name: 'octo-app', size: 0, kind: 'build', refused: null };
    host.drag?.({ phase: 'over', items: [item], more: 0 });
    await screen.findByText('Drop to build this folder');
    host.drag?.({ phase: 'dropped', items: [item], more: 0 });
    await waitFor(() => expect(asked(host, 'droppedBuildFolder')).toEqual([[5]]));
    await screen.findByRole('heading', { level: 1, name: 'Build from a Dockerfile' });
  });
});
