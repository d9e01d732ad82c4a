import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import { FakeHost, job, jobRow } from '../src/backend/fake';
import { past as many } from '../src/backend/fake-every';
import type { JobRow } from '../src/bindings/view';
import { ActivityModel } from '../src/shell/activity.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, page } from './page';

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);
const at = (state: JobRow['progress']['state'], change: Partial<JobRow['progress']> = {}) => ({
  ...job.progress,
  ...change,
  state,
});

function past(host: FakeHost) {
  host.past = [
    jobRow(9, { progress: at('done'), ended: now, digest: 'sha256:ab', verified: true }),
    jobRow(8, { progress: at('failed'), ended: now - 1, reference: 'ghcr.io/octo-org/hello:1.0' }),
    jobRow(7, { progress: at('cancelled'), ended: now - 48 * HOUR, started: now - 48 * HOUR }),
  ];
}

beforeEach(() => router.go({ page: 'activity' }));

describe('a job that the window cannot do once more', () => {
  it('is not offered to be done again, which would only fail', async () => {
    page((host) => {
      past(host);
      host.past = host.past.map((row) => ({ ...row, repeatable: row.id === 7 }));
    });
    const again = await screen.findAllByRole('button', { name: 'Publish again…' });
    expect(again).toHaveLength(1);
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
    expect(screen.getByRole('button', { name: 'See why' })).toBeVisible();
  });
});

describe('activity', () => {
  it('says that there is nothing yet, and where to begin', async () => {
    page();
    await screen.findByRole('heading', { name: 'Nothing here yet' });
    expect(screen.getByRole('link', { name: 'Publish an image' })).toBeVisible();
    await accessible();
  });

  it('lists what runs with its numbers and what can be done about it', async () => {
    const host = page((host) => {
      host.active = [
        jobRow(5),
        jobRow(4, {
          progress: at('paused', { speed: null }),
          reference: 'ghcr.io/octocat/paused:1',
        }),
        jobRow(3, {
          progress: at('sending', { retrySeconds: 12 }),
          reference: 'ghcr.io/octocat/slow:1',
        }),
      ];
    });
    const list = await screen.findByRole('list', { name: 'Active' });
    const [running, paused, waiting] = within(list).getAllByRole('listitem');
    if (!running || !paused || !waiting) throw new Error('three rows');
    expect(running).toHaveAccessibleName(`Publish ${job.reference}`);
    expect(within(running).getByRole('progressbar')).toHaveAccessibleName(
      `Publishing ${job.reference}`,
    );
    await userEvent.click(within(running).getByRole('button', { name: 'Pause' }));
    await userEvent.click(within(paused).getByRole('button', { name: 'Resume' }));
    await userEvent.click(within(waiting).getByRole('button', { name: 'Try now' }));
    await userEvent.click(within(running).getByRole('button', { name: 'Cancel' }));
    const asked = host.asked.filter((it) => it.name.endsWith('Job') || it.name === 'tryJobNow');
    expect(asked.map((it) => [it.name, it.values[0]])).toEqual([
      ['pauseJob', 5],
      ['resumeJob', 4],
      ['tryJobNow', 3],
      ['cancelJob', 5],
    ]);
    expect(waiting).toHaveTextContent('Retry in 12 s');
    const link = screen.getByRole('link', { name: 'Activity' });
    expect(link).toHaveAccessibleDescription('3 active');
    await accessible();
  });

  it('keeps what is over by day, finds it, and opens it again', async () => {
    const host = page(past);
    const today = await screen.findByRole('list', { name: 'Earlier today' });
    expect(within(today).getAllByRole('listitem')).toHaveLength(2);
    expect(screen.getAllByRole('listitem', { name: /^Publish / })).toHaveLength(3);
    await userEvent.click(screen.getByRole('button', { name: 'See why' }));
    expect(router.current).toEqual({ page: 'job', job: 8 });
    router.go({ page: 'activity' });
    await screen.findByRole('button', { name: 'See why' });
    await userEvent.click(screen.getByRole('radio', { name: 'Needs you' }));
    await waitFor(() =>
      expect(screen.getAllByRole('listitem', { name: /^Publish / })).toHaveLength(1),
    );
    await userEvent.click(screen.getByRole('radio', { name: 'All' }));
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search activity' }), 'hello:1.0');
    await waitFor(() =>
      expect(screen.getAllByRole('listitem', { name: /^Publish / })).toHaveLength(1),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(host.asked.some((it) => it.name === 'publish')).toBe(true));
    expect(host.asked.find((it) => it.name === 'reopenJob')?.values[0]).toBe(8);
  });

  it('takes a job out of the history by its menu and by keyboard', async () => {
    const host = page(past);
    const [first] = await screen.findAllByRole('button', { name: 'More actions' });
    first?.focus();
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('menuitem', { name: 'Show details' })).toHaveFocus();
    await userEvent.keyboard('{End}{Enter}');
    expect(host.asked.find((it) => it.name === 'forgetJob')?.values[0]).toBe(9);
    // The one that takes its place has the focus.
    await waitFor(() =>
      expect(screen.getAllByRole('listitem', { name: /^Publish / })).toHaveLength(2),
    );
    await waitFor(() =>
      expect(screen.getAllByRole('button', { name: 'More actions' })[0]).toHaveFocus(),
    );
  });

  it('tells of each job that ended, once, and of none that was cancelled', async () => {
    const host = page();
    await screen.findByRole('heading', { name: 'Nothing here yet' });
    const later = Math.floor(Date.now() / 1000) + 1;
    host.past = [
      jobRow(9, { progress: at('done'), ended: later, verified: true }),
      jobRow(8, { progress: at('failed'), ended: later, title: 'hello 1.0' }),
      jobRow(7, { progress: at('cancelled'), ended: later }),
      jobRow(6, { progress: at('done'), ended: later - HOUR, verified: true }),
    ];
    const told = () => host.asked.filter((it) => it.name === 'notify').map((it) => it.values);
    host.activity?.({ active: [], ended: 3 });
    await waitFor(() => expect(told()).toHaveLength(2));
    expect(told()[0]).toEqual([
      9,
      `${job.title} is published`,
      'The registry returned the same digest.',
    ]);
    expect(told()[1]?.slice(0, 2)).toEqual([8, 'hello 1.0 was not published']);
    host.activity?.({ active: [], ended: 4 });
    await waitFor(() => expect(host.asked.filter((it) => it.name === 'history')).not.toEqual([]));
    expect(told()).toHaveLength(2);
  });

  it('keeps what was read of the history when another job ends, and when one is taken out', async () => {
    const host = new FakeHost();
    const all = many(450);
    host.past = all.slice(1);
    const model = new ActivityModel(host);
    await model.load();
    await model.loadMore();
    expect([model.rows.length, model.more]).toEqual([400, true]);
    host.past = all;
    host.activity?.({ active: [], ended: 1 });
    await waitFor(() => expect(model.rows.length).toBe(401));
    await model.forget(300);
    expect(model.rows).toEqual(all.filter((row) => row.id !== 300).slice(0, 400));
    await model.loadMore();
    expect(model.rows).toEqual(all.filter((row) => row.id !== 300));
    expect(model.more).toBe(false);
    // Another list has nothing of the one before.
    model.find('monalisa:45');
    await waitFor(() => expect(model.rows.map((row) => row.id)).toEqual([450, 45]));
  });
});
