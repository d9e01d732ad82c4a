import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { job, result } from '../src/backend/fake';
import { failureExample } from '../src/backend/fake-failures';
import type { JobLayer, JobProgress, JobUpdate, JobView, ResultView } from '../src/bindings/view';
import { axis } from '../src/features/job/plot';
import { clock, shortDigest } from '../src/lib/format';
import { accessible, page } from './page';

function running() {
  location.hash = '#/activity/1';
  return page();
}

describe('the job page', () => {
  it('tells bytes, speed and layers, and can be cancelled', async () => {
    const host = running();
    const bar = await screen.findByRole('progressbar', { name: 'Publishing' });
    expect(bar).toHaveAttribute(
      'aria-valuetext',
      '62 %, 7.70 MB of 12.4 MB, 1.30 MB/s, about 4 s left',
    );
    const steps = screen.getByRole('list', { name: 'Steps' });
    expect(within(steps).getByText('Sending layers').closest('li')).toHaveAttribute(
      'aria-current',
      'step',
    );
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(host.asked).toContainEqual({ name: 'cancelJob', values: [1] });
    const state = (state: 'cancelling' | 'cancelled') => ({ ...job.progress, state });
    host.job?.({
      kind: 'progress',
      progress: state('cancelling'),
      layers: [],
      log: [],
      warnings: [],
    });
    await screen.findByText('Cancelling…');
    host.job?.({ kind: 'snapshot', job: { ...job, progress: state('cancelled') } });
    await screen.findByRole('heading', { name: 'Cancelled', level: 1 });
  });

  it('asks before much is thrown away', async () => {
    const host = running();
    await screen.findByRole('progressbar');
    const progress = { ...job.progress, sent: 200_000_000, total: 300_000_000 };
    host.job?.({ kind: 'progress', progress, layers: [], log: [], warnings: [] });
    await screen.findByText('200 MB');
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    const dialog = await screen.findByRole('dialog', { name: 'Cancel publishing' });
    expect(host.asked.some((it) => it.name === 'cancelJob')).toBe(false);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel publishing' }));
    await waitFor(() => expect(host.asked.at(-1)?.name).toBe('cancelJob'));
  });

  const states: [
    name: string,
    change: Partial<JobProgress>,
    title: string,
    says: string[],
    buttons: string[],
  ][] = [
    ['starting', { state: 'checking', speed: null }, 'Publishing', [], ['Pause', 'Cancel']],
    [
      'waiting for the network',
      { waitingFor: 'network', waitingSince: 1_790_000_000, retrySeconds: 8 },
      'Publishing',
      [`Waiting for the network since ${clock(1_790_000_000)}`, 'Goes on by itself'],
      ['Pause', 'Cancel', 'Try now'],
    ],
    [
      'asked to slow down',
      { waitingFor: 'slowDown', retrySeconds: 12 },
      'Publishing',
      ['ghcr.io asked to slow down', 'Retry in 12 s'],
      ['Pause', 'Cancel', 'Try now'],
    ],
    [
      'after a fault',
      { waitingFor: 'fault', retrySeconds: 3 },
      'Publishing',
      ['ghcr.io had a fault, or the connection broke', 'Retry in 3 s'],
      ['Pause', 'Cancel', 'Try now'],
    ],
    [
      'a layer that starts over',
      { startsOver: { layer: 4, bytes: 412_000_000 } },
      'Publishing',
      ['Layer 4 starts over: 412 MB again'],
      ['Pause', 'Cancel'],
    ],
    [
      'committing',
      { state: 'committing', percent: 99 },
      'Publishing',
      ['Telling the registry…', '100 %'],
      ['Pause', 'Cancel'],
    ],
    [
      'verifying',
      { state: 'verifying' },
      'Publishing',
      ['Asking the registry back…'],
      ['Pause', 'Cancel'],
    ],
    ['pausing', { state: 'pausing' }, 'Publishing', ['Pausing…'], ['Resume', 'Cancel']],
    [
      'paused',
      { state: 'paused', sent: 880_000_000 },
      'Paused',
      ['Paused, 880 MB kept'],
      ['Resume', 'Cancel'],
    ],
    [
      'cancelled',
      { state: 'cancelled' },
      'Cancelled',
      ['Nothing was published'],
      ['Back to the form'],
    ],
    ['the last second', { secondsLeft: 1 }, 'Publishing', ['almost done'], ['Pause', 'Cancel']],
  ];
  it.each(states)('shows %s', async (_, change, title, says, buttons) => {
    published({ ...job, progress: { ...job.progress, ...change } });
    await screen.findByRole('heading', { name: title, level: 1 });
    // What is announced, too, stands there twice.
    for (const text of says) expect(screen.getAllByText(text)).not.toHaveLength(0);
    const head = screen.getByRole('progressbar').closest('section') ?? document.body;
    const found = within(head).getAllByRole('button');
    expect(found.map((it) => it.textContent.trim())).toEqual(buttons);
    await accessible();
  });

  it('tries at once when told to, and goes on after a pause', async () => {
    const host = published({ ...job, progress: { ...job.progress, retrySeconds: 12 } });
    await userEvent.click(await screen.findByRole('button', { name: 'Try now' }));
    expect(host.asked).toContainEqual({ name: 'tryJobNow', values: [1] });
    host.job?.(progress({ state: 'paused' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Resume' }));
    expect(host.asked).toContainEqual({ name: 'resumeJob', values: [1] });
  });

  it('tells those who listen what changed, once, and what is urgent at once', async () => {
    const host = published({ ...job, progress: { ...job.progress, percent: 10 } });
    const polite = await screen.findByRole('status', { name: 'Announcements' });
    const urgent = screen.getByRole('alert', { name: 'Urgent announcements' });
    await waitFor(() => expect(polite).toHaveTextContent(`Publishing ${job.title}`));
    const says = async (change: Partial<JobProgress>, text: string) => {
      host.job?.(progress(change));
      await waitFor(() => expect(polite).toHaveTextContent(text));
    };
    await says({ percent: 26 }, '25 %');
    await says({ percent: 51 }, '50 %');
    await says({ percent: 51, retrySeconds: 12, waitingFor: 'slowDown' }, /Retry in 12 s/.source);
    host.job?.(progress({ percent: 51, retrySeconds: 11, waitingFor: 'slowDown' }));
    await says({ percent: 76 }, '75 %');
    await says({ percent: 76, state: 'paused' }, 'Paused, 7.70 MB kept');
    await says({ percent: 76, state: 'sending' }, `Publishing ${job.title} goes on`);
    host.job?.(progress({ percent: 76, waitingFor: 'network', retrySeconds: 4 }));
    await waitFor(() => expect(urgent).toHaveTextContent('Waiting for the network'));
    host.job?.({ kind: 'snapshot', job: done() });
    await waitFor(() => expect(polite).toHaveTextContent('is published and verified'));
  });

  it('says at once that a job failed', async () => {
    const host = published(job);
    const urgent = await screen.findByRole('alert', { name: 'Urgent announcements' });
    await screen.findByRole('progressbar');
    const failure = failureExample('denied.packageRole');
    const failed = { ...job, progress: { ...job.progress, state: 'failed' as const }, failure };
    host.job?.({ kind: 'snapshot', job: failed });
    await waitFor(() =>
      expect(urgent).toHaveTextContent(
        `Publishing ${job.title} failed: ghcr.io refused the upload`,
      ),
    );
  });

  it('has a plot with figures, and says them', async () => {
    expect(axis([24.6e6, 1])).toEqual({ unit: 'MB/s', scale: 1e6, most: 32 });
    expect(axis([999])).toEqual({ unit: 'kB/s', scale: 1e3, most: 1 });
    published(job);
    const plot = await screen.findByRole('img', { name: 'Speed' });
    expect(plot).toHaveAccessibleDescription('Now 1.30 MB/s, average 1.30 MB/s, lowest 1.30 MB/s');
    expect(plot.closest('section')).toHaveTextContent('MB/s, average 1.3');
  });

  it('keeps layers and log behind disclosures', async () => {
    published(job);
    const layers = await screen.findByRole('button', { name: 'Layers', expanded: true });
    const table = screen.getByRole('table', { name: 'Layers' });
    for (const name of ['Layer', 'Size', 'State'])
      within(table).getByRole('columnheader', { name });
    within(table).getByText('Uploading 7.28 of 9.70 MB');
    await userEvent.click(layers);
    expect(screen.queryByRole('table')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Log', expanded: false }));
    screen.getByText('asking what the registry has');
    screen.getByRole('switch', { name: 'Notify me when it’s done' });
  });

  it('says of each layer what happens to it, in sizes of one kind', async () => {
    const states: [JobLayer['state'], number, boolean, string][] = [
      ['there', 100, true, 'Already there'],
      ['waiting', 0, true, 'Waiting'],
      ['waiting', 50, true, 'Waiting, 6.20 MB kept'],
      ['compressing', 0, false, 'Compressing'],
      ['compressing', 25, false, 'Compressing, 3.10 MB sent'],
      ['uploading', 34, true, 'Uploading 4.2 of 12.4 MB'],
      ['uploading', 34, false, 'Uploading 4.2 of ≈ 12.4 MB'],
      ['committed', 100, true, 'Committed'],
    ];
    const layers = states.map(([state, percent, exact], index) => ({
      ...{ number: index + 1, madeBy: null, size: 12_400_000 },
      ...{ state, percent, exact },
    }));
    published({ ...job, layers });
    const table = await screen.findByRole('table', { name: 'Layers' });
    const cells = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => within(row).getAllByRole('cell').slice(1));
    expect(cells.map(([, happening]) => happening?.textContent.trim())).toEqual(
      states.map(([, , , says]) => says),
    );
    expect(cells.map(([size]) => size?.textContent)).toEqual(
      states.map(([, , exact]) => (exact ? '12.4 MB' : '≈ 12.4 MB')),
    );
    // The bytes of each state, a guess where one of them is.
    const legend = within(table.closest('section') as HTMLElement).getAllByRole('listitem');
    expect(legend.map((entry) => entry.textContent.replace(/\s+/g, ' ').trim())).toEqual([
      'Already there 12.4 MB',
      'Waiting 24.8 MB',
      'Compressing ≈ 24.8 MB',
      'Uploading ≈ 24.8 MB',
      'Committed 12.4 MB',
    ]);
    expect(cells[0]?.[0]).toHaveAttribute('title', 'As it is sent: 12,400,000 B');
  });

  const progress = (change: Partial<JobProgress>): JobUpdate => ({
    kind: 'progress',
    progress: { ...job.progress, ...change },
    layers: [],
    log: [],
    warnings: [],
  });

  const done = (change: Partial<ResultView> = {}, more: Partial<JobView> = {}): JobView => ({
    ...job,
    progress: { ...job.progress, state: 'done' },
    result: { ...result, ...change },
    ...more,
  });

  function published(view: JobView, change: (host: FakeHost) => void = () => undefined) {
    location.hash = '#/activity/1';
    return page((host) => {
      host.view = view;
      change(host);
    });
  }

  it('ends with the proof and commands to copy', async () => {
    published(done());
    await screen.findByRole('heading', { name: 'Published and verified', level: 2 });
    screen.getByRole('heading', { name: 'Published', level: 1 });
    for (const name of [
      'Copy pull command by version',
      'Copy pull command by digest',
      'Copy digest',
      'Publish again…',
      'Move it back',
      'Export as GitHub Actions workflow…',
      'Show as command',
      'Publish another image',
    ]) {
      screen.getByRole('button', { name });
    }
    expect(screen.queryByRole('button', { name: 'Verify again' })).toBeNull();
    screen.getByRole('tablist', { name: 'Use it' });
    screen.getByText('octo-org/octo-app');
    screen.getByText('linked by label');
    screen.getByTitle('docker pull ghcr.io/octo-org/monalisa:2.4.0');
    await userEvent.click(screen.getByRole('tab', { name: 'Podman' }));
    await screen.findByTitle('podman pull ghcr.io/octo-org/monalisa:2.4.0');
    await accessible();
  });

  it('says who may install it, looks again, and leads to where that is changed', async () => {
    const host = published(done());
    const status = await screen.findByRole('status', { name: 'Visibility' });
    await waitFor(() => expect(status).toHaveTextContent('Private'));
    screen.getByText(/Last looked at \d\d:\d\d:\d\d/);
    await userEvent.click(screen.getByRole('link', { name: 'Make public on GitHub…' }));
    expect(host.asked).toContainEqual({ name: 'openLink', values: ['packageSettings'] });
    await userEvent.click(screen.getByRole('link', { name: 'Open package page' }));
    expect(host.asked).toContainEqual({ name: 'openLink', values: ['packagePage'] });
    host.visible = 'public';
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(status).toHaveTextContent('Public'));
    expect(screen.queryByRole('link', { name: 'Make public on GitHub…' })).toBeNull();
  });

  it.each([
    ['internal', 'Internal'],
    ['unknown', 'Unknown'],
  ] as const)('shows %s as such', async (state, text) => {
    published(done(), (host) => (host.visible = state));
    const status = await screen.findByRole('status', { name: 'Visibility' });
    await waitFor(() => expect(status).toHaveTextContent(text));
  });

  it('moves a version back, and shows that it did', async () => {
    const host = published(done());
    const button = await screen.findByRole('button', { name: 'Move it back' });
    expect(button).toHaveAccessibleDescription('latest');
    await userEvent.click(button);
    const before = result.versions[1]?.movedFrom ?? '';
    await screen.findByText(`moved back to ${shortDigest(before)}`);
    expect(host.asked.find((it) => it.name === 'moveBack')?.values).toEqual([1, 'latest']);
    expect(screen.queryByRole('button', { name: 'Move it back' })).toBeNull();
  });

  it('says quietly what the registry warns of, while it runs and afterwards', async () => {
    const host = published(job);
    await screen.findByRole('progressbar');
    expect(screen.queryByRole('list', { name: 'What the registry warns of' })).toBeNull();
    host.job?.({ ...progress({}), kind: 'progress', warnings: ['Gone on 1 March.'] } as JobUpdate);
    await screen.findByText('ghcr.io warns: Gone on 1 March.');
    await accessible();
    const warnings = ['Gone on 1 March.', 'Moved.'];
    host.job?.({ kind: 'snapshot', job: done({}, { warnings }) });
    await screen.findByText('ghcr.io warns: Moved.');
    const failure = failureExample('denied.packageRole');
    host.job?.({ kind: 'snapshot', job: { ...job, warnings, failure } });
    await screen.findByRole('heading', { name: 'What happened' });
    screen.getByText('ghcr.io warns: Gone on 1 March.');
    expect(screen.queryByRole('alert', { name: /1 March/ })).toBeNull();
  });

  it('says why a version could not be moved back', async () => {
    published(done(), (host) => {
      host.moveBack = () => Promise.reject(failureExample('denied.packageRole') as never);
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Move it back' }));
    await screen.findByText(/^ghcr.io refused the upload: octocat can read/);
    screen.getByRole('button', { name: 'Move it back' });
  });

  it('never calls an unproven publish verified, and asks again', async () => {
    const host = published(done({ verified: false, notVerified: 'no connection' }));
    await screen.findByRole('heading', { name: 'Published, not verified' });
    screen.getByText('no connection');
    expect(screen.queryByText('Digest verified')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Verify again' }));
    await screen.findByRole('heading', { name: 'Published and verified' });
    expect(host.asked.find((it) => it.name === 'verifyAgain')?.values).toEqual([1]);
  });

  it('shows the workflow before it is copied or saved', async () => {
    const host = published(done());
    await userEvent.click(
      await screen.findByRole('button', { name: 'Export as GitHub Actions workflow…' }),
    );
    const dialog = await screen.findByRole('dialog', { name: 'Export as GitHub Actions workflow' });
    await within(dialog).findByText(/runs-on: ubuntu-latest/);
    within(dialog).getByRole('button', { name: 'Copy workflow' });
    await accessible();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save…' }));
    expect(host.asked).toContainEqual({ name: 'saveWorkflow', values: [1] });
  });

  it('says nothing of GitHub’s pages where there are none', async () => {
    published(done({ packagePage: false }, { practice: true }));
    await screen.findByText(/Nothing left this computer/);
    expect(screen.queryAllByRole('link', { name: /GitHub|package page|access/ })).toEqual([]);
    expect(screen.queryByRole('status', { name: 'Visibility' })).toBeNull();
    expect(screen.queryByRole('button', { name: /GitHub/ })).toBeNull();
  });
});
