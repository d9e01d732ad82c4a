import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { FailureView } from '../src/bindings/view';
import { job, result } from '../src/host/fake';
import { accessible, page } from './page';

function running() {
  location.hash = '#/activity/1';
  return page();
}

const refused: FailureView = {
  code: 'denied.packageRole',
  message: '',
  params: {
    registry: 'ghcr.io',
    username: 'octocat',
    package: 'octo-org/hello',
    owner: 'octo-org',
  },
  retry: 'afterChange',
  help: ['packageSettings'],
  technical: {
    request: 'POST /v2/octo-org/hello/blobs/uploads/',
    status: 403,
    registryCode: 'DENIED',
    message: 'permission_denied: write_package',
    requestId: 'C559:34E8D2',
    credential: { username: 'octocat', source: 'thisRun' },
    time: 1_790_000_000,
  },
};

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
    expect(host.asked.at(-1)).toEqual({ name: 'cancelJob', values: [1] });
    const state = (state: 'cancelling' | 'cancelled') => ({ ...job.progress, state });
    host.job?.({ kind: 'progress', progress: state('cancelling'), layers: [], log: [] });
    await screen.findByText('Cancelling…');
    host.job?.({ kind: 'snapshot', job: { ...job, progress: state('cancelled') } });
    await screen.findByRole('heading', { name: 'Cancelled', level: 1 });
  });

  it('asks before much is thrown away', async () => {
    const host = running();
    await screen.findByRole('progressbar');
    const progress = { ...job.progress, sent: 200_000_000, total: 300_000_000 };
    host.job?.({ kind: 'progress', progress, layers: [], log: [] });
    await screen.findByText('200 MB');
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    const dialog = await screen.findByRole('dialog', { name: 'Cancel publishing' });
    expect(host.asked.some((it) => it.name === 'cancelJob')).toBe(false);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel publishing' }));
    await waitFor(() => expect(host.asked.at(-1)?.name).toBe('cancelJob'));
  });

  it('ends with the proof and commands to copy', async () => {
    const host = running();
    await screen.findByRole('progressbar');
    const done = { ...job.progress, state: 'done' as const };
    host.job?.({ kind: 'snapshot', job: { ...job, progress: done, result } });
    await screen.findByRole('heading', { name: 'Published and verified', level: 2 });
    for (const name of [
      'Copy pull command by version',
      'Copy pull command by digest',
      'Copy digest',
      'Publish again…',
      'Publish another image',
    ]) {
      screen.getByRole('button', { name });
    }
    screen.getByText('docker pull ghcr.io/octo-org/monalisa:2.4.0');
    await userEvent.click(screen.getByRole('tab', { name: 'Podman' }));
    await screen.findByText('podman pull ghcr.io/octo-org/monalisa:2.4.0');
    await accessible();
  });

  it('never calls an unproven publish verified', async () => {
    const host = running();
    await screen.findByRole('progressbar');
    const done = { ...job.progress, state: 'done' as const };
    const unproven = { ...result, verified: false, notVerified: 'no connection' };
    host.job?.({ kind: 'snapshot', job: { ...job, progress: done, result: unproven } });
    await screen.findByRole('heading', { name: 'Published, not verified' });
    expect(screen.queryByText('Digest verified')).toBeNull();
  });

  it('explains a refusal: what, who, what is kept, what to do', async () => {
    const host = running();
    await screen.findByRole('progressbar');
    const failed = { ...job.progress, state: 'failed' as const, sent: 0 };
    host.job?.({ kind: 'snapshot', job: { ...job, progress: failed, failure: refused } });
    await screen.findByRole('heading', { name: 'Failed', level: 1 });
    expect(screen.getByText('ghcr.io refused the upload')).toHaveRole('alert');
    screen.getByText('octocat can read octo-org/hello but not write it; the token is fine.');
    screen.getByText('permission_denied: write_package');
    const list = screen.getByRole('list', { name: 'What you can do' });
    await userEvent.click(within(list).getByRole('button', { name: 'Open settings' }));
    expect(host.asked.at(-1)).toEqual({ name: 'openLink', values: ['packageSettings'] });
    await accessible();
  });
});
