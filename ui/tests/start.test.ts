import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { opened } from '../src/backend/fake';
import { recents, scenes } from '../src/backend/fake-scenes';
import type { OpenedView } from '../src/bindings/view';
import { router } from '../src/shell/router.svelte';
import { accessible, page } from './page';

const start = (host: FakeHost) => scenes['start']?.(host);
const recent = () => screen.findByRole('list', { name: 'Recent images' });

describe('the start page', () => {
  it('explains itself in three steps while nothing was opened', async () => {
    page();
    const steps = await screen.findByRole('list', { name: 'How it works' });
    const texts = within(steps)
      .getAllByRole('listitem')
      .map((step) => step.textContent);
    expect(texts.map((text) => /Choose|Name|Publish/.exec(text)?.[0])).toEqual([
      'Choose',
      'Name',
      'Publish',
    ]);
    expect(screen.queryByRole('list', { name: 'Recent images' })).toBeNull();
  });

  it('tells of each recent image what became of it', async () => {
    page(start);
    const list = await recent();
    expect(within(list).getAllByRole('listitem')).toHaveLength(4);
    const one = (name: string) => within(list).getByRole('button', { name });
    expect(one('monalisa-2.3.1.tar')).toHaveAccessibleDescription(
      /^Published as ghcr\.io\/octo-org\/monalisa:2\.3\.1 6 days ago\s*48\.2 MB$/,
    );
    expect(one('octo-app-3.0.0-rc.1.tar')).toHaveAccessibleDescription(
      /^Publishing to .* now 62 %\s*1\.63 GB$/,
    );
    expect(one('lesson-04-hello.tar.gz')).toHaveAccessibleDescription(/^Opened, not published yet/);
    await accessible();
  });

  it('shows all of them when asked to', async () => {
    page(start);
    await userEvent.click(await screen.findByRole('button', { name: /^Show all 5/ }));
    const list = await recent();
    expect(
      within(list).getByRole('button', { name: 'worker.tar.zst' }),
    ).toHaveAccessibleDescription(/^Failed at ghcr\.io\/octo-org\/worker:1\.0/);
    expect(screen.queryByRole('button', { name: /^Show all/ })).toBeNull();
  });

  it('opens a recent one with its form', async () => {
    const host = page(start);
    const list = await recent();
    await userEvent.click(within(list).getByRole('button', { name: 'monalisa-2.3.1.tar' }));
    await screen.findByRole('region', { name: 'Destination' });
    expect(host.asked.find((it) => it.name === 'openRecent')?.values[0]).toBe(recents[0]?.file);
  });

  it('finds one that was moved', async () => {
    const host = page(start);
    const list = await recent();
    const find = within(list).getByRole('button', { name: 'Find…' });
    expect(find).toHaveAccessibleDescription('Folder was moved or deleted');
    await userEvent.click(find);
    await screen.findByRole('region', { name: 'Destination' });
    expect(host.asked.find((it) => it.name === 'findRecent')?.values[0]).toBe(14);
  });

  it('leads to building from a Dockerfile', async () => {
    page();
    const ways = await screen.findByRole('list', { name: 'Other ways to start' });
    const way = within(ways).getByRole('button', { name: 'Build from a Dockerfile…' });
    await userEvent.click(way);
    await screen.findByRole('heading', { level: 1, name: 'Build from a Dockerfile' });
    router.go({ page: 'publish' });
  });

  it('leads to the images of Docker and Podman', async () => {
    page();
    const ways = await screen.findByRole('list', { name: 'Other ways to start' });
    await userEvent.click(within(ways).getByRole('button', { name: 'From Docker or Podman' }));
    await screen.findByRole('treegrid', { name: 'Images on this computer' });
    router.go({ page: 'publish' });
  });

  it('shows the file that is being read, once that takes a while', async () => {
    let read: (view: OpenedView) => void = () => undefined;
    page((host) => {
      start(host);
      host.openRecent = () => new Promise((done) => (read = done));
    });
    const list = await recent();
    await userEvent.click(within(list).getByRole('button', { name: 'lesson-04-hello.tar.gz' }));
    const zone = screen.getByRole('region', { name: 'Drop zone' });
    await within(zone).findByRole('heading', { name: 'lesson-04-hello.tar.gz' });
    const bar = within(zone).getByRole('progressbar', { name: 'Reading the file' });
    expect(bar).not.toHaveAttribute('aria-valuenow');
    read(opened);
    await waitFor(() =>
      expect(screen.queryByRole('progressbar', { name: 'Reading the file' })).toBeNull(),
    );
    await screen.findByRole('region', { name: 'Destination' });
  });
});
