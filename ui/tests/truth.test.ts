import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { job, jobRow, opened, preflight, result } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { failureExample } from '../src/backend/fake-failures';
import type {
  Code,
  JobProgress,
  JobRow,
  JobView,
  OpenedView,
  PreflightView,
} from '../src/bindings/view';
import { announcer } from '../src/lib/announce.svelte';
import { time } from '../src/lib/time.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, atRest, page } from './page';

// What the window said and was not so. Each test names what would be said again.

const filled = async (change: (host: FakeHost) => void = () => undefined): Promise<FakeHost> => {
  const host = page((host) => {
    host.openArgument = () => Promise.resolve(opened);
    change(host);
  });
  await screen.findByRole('region', { name: 'Destination' });
  await atRest();
  return host;
};

const times = (host: FakeHost, name: string) => host.asked.filter((it) => it.name === name).length;
const status = () => screen.getByRole('contentinfo', { name: 'Status bar' });
const rows = (host: FakeHost, ...active: JobRow[]) => host.activity?.({ active, ended: 0 });
const sending = (change: Partial<JobProgress> = {}, more: Partial<JobRow> = {}): JobRow =>
  jobRow(7, { ...more, progress: { ...job.progress, ...change } });

describe('the form', () => {
  beforeEach(() => router.go({ page: 'publish' }));

  it('follows a version that repeats one of the list on its way to another', async () => {
    const host = await filled();
    await userEvent.type(screen.getByRole('textbox', { name: 'Version' }), '2.4.0');
    await userEvent.type(screen.getByRole('textbox', { name: 'Version' }), '.1');
    await atRest();
    await waitFor(() =>
      expect(host.asked.findLast((it) => it.name === 'preflight')?.values[0]).toMatchObject({
        versionText: '2.4.0.1',
      }),
    );
    expect(times(host, 'notePageFault')).toBe(0);
  });

  it('asks again when a job ended, since the version may be there now', async () => {
    const host = await filled();
    const before = times(host, 'preflight');
    host.activity?.({ active: [], ended: 1 });
    await waitFor(() => expect(times(host, 'preflight')).toBe(before + 1));
    expect(host.asked.findLast((it) => it.name === 'preflight')?.values[1]).toBe(true);
  });

  it('asks again when a host that was lost answers a job', async () => {
    const host = await filled();
    rows(host, sending({ waitingFor: 'network', speed: null }));
    await within(status()).findByText('Offline');
    const before = times(host, 'preflight');
    rows(host, sending());
    await waitFor(() => expect(times(host, 'preflight')).toBe(before + 1));
    await within(status()).findByText('Online');
  });

  it('says how old its answers are as they age', async () => {
    await filled();
    const card = screen.getByRole('region', { name: 'Pre-flight' });
    within(card).getByText('now');
    const checked = Date.now();
    const later = vi.spyOn(Date, 'now').mockReturnValue(checked + 301_000);
    time.step();
    await tick();
    within(card).getByText('5 minutes ago');
    later.mockRestore();
  });
});

describe('what people could not get through', () => {
  beforeEach(() => router.go({ page: 'publish' }));
  const versions = () =>
    within(screen.getByRole('list', { name: 'Versions' }))
      .getAllByRole('listitem')
      .map((item) => item.textContent.trim());

  it('takes a pasted list of versions, however it is separated', async () => {
    await filled();
    await userEvent.click(screen.getByRole('textbox', { name: 'Version' }));
    await userEvent.paste('1.0, 1.1 1.2\n1.3\nlatest');
    expect(versions()).toEqual(['2.4.0', 'latest', '1.0', '1.1', '1.2', '1.3']);
    await userEvent.type(screen.getByRole('textbox', { name: 'Version' }), '1.4,1.5 ');
    expect(versions().slice(-2)).toEqual(['1.4', '1.5']);
  });

  it.each([
    ['× of the image', () => screen.getByRole('button', { name: 'Back to the start page' })],
    [
      'Publish in the rail',
      () =>
        within(screen.getByRole('navigation', { name: 'Main' })).getByRole('link', {
          name: 'Publish',
        }),
    ],
  ])('finds the start page again by %s, and what was typed by Undo', async (_, way) => {
    await filled();
    await userEvent.type(screen.getByRole('textbox', { name: 'Image name' }), '-typed');
    await userEvent.click(way());
    await screen.findByRole('region', { name: 'Drop zone' });
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('textbox', { name: 'Image name' })).toHaveValue(
      'monalisa-typed',
    );
    await accessible();
  });

  it('calls nothing a problem that nobody has filled in yet', async () => {
    const empty = (id: 'owner.empty' | 'version.empty', field: 'owner' | 'version') => ({
      ...{ id, field, params: {}, fix: null, state: 'problem' as const },
    });
    const checks = [empty('owner.empty', 'owner'), empty('version.empty', 'version')];
    const draft = { ...opened.draft, owner: '', versions: [] };
    await filled((host) => {
      host.openArgument = () => Promise.resolve({ ...opened, draft });
      host.preflight = () =>
        Promise.resolve({ ...preflight, checks, button: { kind: 'firstProblem', field: 'owner' } });
    });
    const card = screen.getByRole('region', { name: 'Pre-flight' });
    within(card).getByText('2 to do');
    expect(within(card).queryByText(/problem/)).toBeNull();
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Go to first problem' }));
    await within(card).findByText('2 problems');
    expect(within(card).getAllByRole('listitem')[0]).toHaveTextContent(
      /^Problem:\s*Owner:\s*Enter a user/,
    );
  });

  it('takes all files that Slipway was started with', async () => {
    const item = (name: string, file: number | null, refused: Code | null = null) => ({
      ...{ name, file, refused, size: 1000, kind: 'tar' as const },
    });
    await filled((host) => {
      host.moreArguments = () =>
        Promise.resolve([[item('b.tar', 2), item('c.zip', null, 'file.zip'), item('d.tar', 3)], 0]);
    });
    const queue = await screen.findByRole('region', { name: 'Images to publish' });
    expect(within(queue).getAllByRole('listitem')).toHaveLength(3);
    within(queue).getByText('d.tar');
    await screen.findByText(/^A zip file is not an image/);
  });

  it('signs in where publishing takes that, instead of failing', async () => {
    const host = await filled((host) => {
      host.preflight = () => Promise.resolve({ ...preflight, button: { kind: 'signIn' } });
    });
    screen.getByText('Publishing to ghcr.io needs an account. What you typed is kept.');
    const bar = document.querySelector<HTMLElement>('#publish-button');
    expect(bar).toHaveTextContent(/^Add account…/);
    if (bar) await userEvent.click(bar);
    await screen.findByRole('dialog', { name: /account/i });
    expect(times(host, 'publish')).toBe(0);
  });
});

describe('several images of one file', () => {
  const [first] = opened.images;
  if (!first) throw new Error('an image');
  const name = { name: 'octo-app:3', registry: '', imageName: 'octo-app', version: '3' };
  const second = { ...first, selector: '@1', names: [{ ...name }] };
  const both: OpenedView = { ...opened, images: [first, second] };
  const list = () => screen.findByRole('list', { name: 'Images in this file' });
  const take = async () =>
    userEvent.click(within(await list()).getByRole('checkbox', { name: 'Publish octo-app:3' }));

  beforeEach(() => router.go({ page: 'publish' }));

  it('have each its destination and bytes, and the button sums them', async () => {
    await filled((host) => (host.openArgument = () => Promise.resolve(both)));
    await take();
    await screen.findByRole('button', { name: 'Publish 2 images, 24.8 MB' });
    within(await list()).getByText('ghcr.io/octo-org/octo-app:3');
    expect(within(await list()).getAllByText('12.4 MB to send')).toHaveLength(2);
    await accessible();
  });

  it('lead to the one that something is in the way of', async () => {
    const refused: PreflightView = {
      ...preflight,
      checks: [
        {
          id: 'write',
          state: 'problem',
          params: { code: 'denied.packageRole', package: 'octo-org/octo-app' },
          fix: null,
          field: null,
        },
      ],
      button: { kind: 'firstProblem', field: null },
    };
    const host = await filled((host) => {
      host.openArgument = () => Promise.resolve(both);
      const usual = host.preflight;
      host.preflight = (draft, anew) =>
        draft.imageName === 'octo-app' ? Promise.resolve(refused) : usual(draft, anew);
    });
    await take();
    await within(await list()).findByText('1 problem');
    await userEvent.click(screen.getByRole('button', { name: 'Go to first problem' }));
    await waitFor(() =>
      expect(screen.getByRole('textbox', { name: 'Image name' })).toHaveValue('octo-app'),
    );
    expect(times(host, 'publish')).toBe(0);
  });
});

describe('the status bar', () => {
  it('is green only when somebody answered', async () => {
    page();
    const link = await screen.findByRole('link', { name: 'Online' });
    expect(link).toHaveAccessibleDescription('No registry was asked yet');
    expect(link.querySelector('.online')).toBeNull();
  });

  it.each([
    [{ waitingFor: 'network', speed: null }, 'Waiting with monalisa:7', 'Offline'],
    [{ waitingFor: 'slowDown', retrySeconds: 9 }, 'Waiting with monalisa:7', 'Online'],
    [{ state: 'queued' }, 'monalisa:7 is waiting its turn', 'Online'],
    [{ state: 'pausing' }, 'Pausing monalisa:7', 'Online'],
    [{}, 'Publishing monalisa:7', 'Online'],
  ] as [Partial<JobProgress>, string, string][])(
    'says what a job does: %o',
    async (change, text, online) => {
      const host = page();
      await screen.findByRole('contentinfo', { name: 'Status bar' });
      rows(host, sending(change, { reference: 'ghcr.io/octo-org/monalisa:7' }));
      await within(status()).findByText(text);
      within(status()).getByRole('link', { name: online });
    },
  );
});

describe('the start page', () => {
  beforeEach(() => router.go({ page: 'publish' }));

  it.each([
    [{ interrupted: true }, {}, /^Not finished: on the way to/],
    [{}, { state: 'paused' }, /^Paused on the way to/],
    [{}, { waitingFor: 'network' }, /^Waiting to be published to/],
    [{}, {}, /^Publishing to .* now/],
  ] as [Partial<JobRow>, Partial<JobProgress>, RegExp][])(
    'says of a job that is not over what it does: %o %o',
    async (more, change, text) => {
      const file = {
        ...{
          file: 3,
          job: 7,
          name: 'a.tar',
          folder: false,
          practice: false,
          reference: 'ghcr.io/octo-org/a:1',
        },
        ...{ state: 'sending' as const, when: 1_790_000_000, size: 1000 },
      };
      page((host) => {
        host.recent = () => Promise.resolve([file]);
        host.active = [sending(change, more)];
      });
      const button = await screen.findByRole('button', { name: 'a.tar' });
      await waitFor(() => expect(button).toHaveAccessibleDescription(text));
    },
  );
});

describe('a job page', () => {
  const shown = (view: JobView, change: (host: FakeHost) => void = () => undefined): FakeHost => {
    location.hash = '#/activity/1';
    return page((host) => {
      host.view = view;
      change(host);
    });
  };

  it('no longer calls verified what was moved back', async () => {
    const done = { ...job.progress, state: 'done' as const };
    shown({ ...job, progress: done, result });
    await screen.findByRole('heading', { name: 'Published and verified' });
    await userEvent.click(await screen.findByRole('button', { name: 'Move it back' }));
    await screen.findByRole('heading', { name: 'Published, then moved back' });
    screen.getByText(/^What latest pointed to before is there again/);
    expect(screen.queryByRole('heading', { name: 'Published and verified' })).toBeNull();
    const use = screen.getByRole('region', { name: 'Use it' });
    expect(within(use).queryByText(/:latest$/)).toBeNull();
    await accessible();
  });

  it('says before a pause what would go up again', async () => {
    const host = shown({
      ...job,
      progress: { ...job.progress, sent: 52_400_000, kept: 10_500_000 },
    });
    const pause = await screen.findByRole('button', { name: 'Pause' });
    expect(pause).toHaveAccessibleDescription('A pause now sends up to 41.9 MB again');
    screen.getByText('A pause now sends up to 41.9 MB again');
    const paused = {
      ...job.progress,
      state: 'paused' as const,
      sent: 10_500_000,
      kept: 10_500_000,
    };
    host.job?.({ kind: 'snapshot', job: { ...job, progress: paused } });
    await screen.findByText('Paused, 10.5 MB kept');
    expect(screen.queryByText(/sends up to/)).toBeNull();
  });

  it('tells no speed of less than a second', async () => {
    const done = { ...job.progress, state: 'done' as const };
    shown({ ...job, progress: done, result: { ...result, durationMs: 76, sent: 262_000 } });
    await screen.findByText('76 ms');
  });

  it.each([
    [{ sent: 0, kept: 0 }, 'The file, the destination and every field. Nothing was sent.'],
    [
      { sent: 29_000_000, kept: 0 },
      'The file, the destination and every field. The 29.0 MB that were sent go up again.',
    ],
    [
      { sent: 40_000_000, kept: 29_000_000 },
      'The file, the destination and every field. The registry has 29.0 MB, which are not sent again.',
    ],
  ])('says after a failure what is kept: %o', async (bytes, text) => {
    const progress = { ...job.progress, state: 'failed' as const, ...bytes };
    shown({ ...job, progress, failure: failureExample('denied.packageRole') });
    await screen.findByText(text);
  });

  it('offers no "Make public" where nobody knows who can see it', async () => {
    const done = { ...job.progress, state: 'done' as const };
    shown({ ...job, progress: done, result }, (host) => (host.visible = 'unknown'));
    await screen.findByText('Open package settings');
    expect(screen.queryByRole('button', { name: /Make public/ })).toBeNull();
  });

  it('tells nobody of workflows whose token is their own', async () => {
    const example = failureExample('denied.orgCreate');
    const failure = { ...example, params: { ...example.params, token: undefined } as never };
    shown({ ...job, progress: { ...job.progress, state: 'failed' }, failure });
    await screen.findByText(
      'octo-org does not let octocat create packages, or not with this token.',
    );
  });

  it('shows a fault of its own, records it, and comes back', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const host = shown(job);
    await screen.findByRole('progressbar', { name: 'Publishing' });
    host.job?.({ kind: 'snapshot', job: { ...job, layers: undefined as never } });
    await screen.findByRole('heading', { name: 'This page failed', level: 1 });
    await waitFor(() => expect(times(host, 'notePageFault')).toBeGreaterThan(0));
    await accessible();
    host.view = job;
    await userEvent.click(screen.getByRole('button', { name: 'Show the page again' }));
    await screen.findByRole('progressbar', { name: 'Publishing' });
  });
});

describe('before the window closes', () => {
  it('says that a token will be gone, where it will', async () => {
    const host = page((host) => {
      host.have(account('octocat', { isDefault: true, storage: { place: 'thisRun' } }));
      host.active = [sending({}, { registry: 'ghcr.io' })];
    });
    await screen.findByRole('contentinfo', { name: 'Status bar' });
    await atRest();
    host.closing?.();
    await screen.findByText(/^The token of octocat is kept until you quit/);
  });
});

describe('what is announced', () => {
  afterEach(() => vi.useRealTimers());

  it('is over after a while', () => {
    vi.useFakeTimers();
    announcer.forget();
    announcer.say('4 problems');
    vi.advanceTimersByTime(5_000);
    expect(announcer.polite).toBe('4 problems');
    vi.advanceTimersByTime(20_000);
    expect(announcer.polite).toBe('');
  });
});
