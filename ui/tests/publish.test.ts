import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { opened, preflight } from '../src/backend/fake';
import type { Draft, FailureView } from '../src/bindings/view';
import { accessible, atRest, page } from './page';

const failed: FailureView = {
  code: 'internal',
  message: '',
  params: {},
  retry: 'no',
  help: [],
  technical: null,
};

const filled = (host: FakeHost) => {
  host.openArgument = () => Promise.resolve(opened);
};

describe('the start page', () => {
  it('offers every way to get an image in', async () => {
    page();
    await screen.findByRole('heading', { name: 'Publish', level: 1 });
    expect(screen.getByRole('region', { name: 'Drop zone' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Choose image…' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Paste a path' })).toBeVisible();
    const ways = screen.getByRole('list', { name: 'Other ways to start' });
    expect(within(ways).getByRole('button', { name: /^Try the practice registry/ })).toBeVisible();
    await accessible();
  });

  it('opens a pasted path', async () => {
    const host = page();
    await userEvent.click(await screen.findByRole('button', { name: 'Paste a path' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Path' }), '/images/a.tar{Enter}');
    await screen.findByRole('region', { name: 'Destination' });
    expect(host.asked.find((it) => it.name === 'openPath')?.values[0]).toBe('/images/a.tar');
  });

  it('opens a path pasted outside the fields, and never a token', async () => {
    const host = page();
    await screen.findByRole('region', { name: 'Drop zone' });
    await userEvent.paste('ghp_canary');
    await userEvent.paste('/images/a.tar');
    await screen.findByRole('region', { name: 'Destination' });
    const asked = host.asked.filter((it) => it.name === 'openPath').map((it) => it.values[0]);
    expect(asked).toEqual(['/images/a.tar']);
  });

  it('takes several files, one after the other', async () => {
    const host = page();
    await screen.findByRole('region', { name: 'Drop zone' });
    const item = (file: number, name: string) => ({
      file,
      name,
      size: 1e6,
      kind: 'tar',
      refused: null,
    });
    host.drag?.({ phase: 'dropped', more: 0, items: [item(3, 'a.tar'), item(4, 'b.tar')] });
    const waiting = await screen.findByRole('list', { name: 'Images to publish' });
    expect(host.asked.filter((it) => it.name === 'openDropped').at(-1)?.values[0]).toEqual([3]);
    await accessible();
    expect(within(waiting).getByRole('button', { name: /^a\.tar/, current: true })).toBeVisible();
    const name = await screen.findByRole('textbox', { name: 'Image name' });
    await userEvent.type(name, '-typed');
    await userEvent.click(within(waiting).getByRole('button', { name: /^b\.tar/ }));
    expect(host.asked.filter((it) => it.name === 'openDropped').at(-1)?.values[0]).toEqual([4]);
    await waitFor(() => expect(name).toHaveValue('monalisa'));
    // Back to the first: what was typed is there, and the file is not read again.
    await userEvent.click(within(waiting).getByRole('button', { name: /^a\.tar/ }));
    await waitFor(() => expect(name).toHaveValue('monalisa-typed'));
    await userEvent.click(within(waiting).getByRole('button', { name: 'Remove a.tar' }));
    await waitFor(() =>
      expect(screen.getByRole('list', { name: 'Images to publish' })).not.toHaveTextContent(
        'a.tar',
      ),
    );
    expect(within(waiting).getByRole('button', { name: /^b\.tar/ })).toHaveFocus();
    await userEvent.click(within(waiting).getByRole('button', { name: 'Remove b.tar' }));
    await screen.findByRole('region', { name: 'Drop zone' });
    await waitFor(() =>
      expect(screen.getByRole('heading', { name: 'Publish', level: 1 })).toHaveFocus(),
    );
  });

  it('fills the form from a reference that is pasted outside of the fields', async () => {
    const host = page(filled);
    await screen.findByRole('region', { name: 'Destination' });
    screen.getByRole('heading', { level: 1 }).focus();
    await userEvent.paste('docker pull ghcr.io/octo-org/pasted:1');
    await waitFor(() =>
      expect(screen.getByRole('textbox', { name: 'Image name' })).toHaveValue('pasted'),
    );
    await userEvent.paste('ghp_canary');
    const asked = host.asked.filter((it) => it.name === 'fillReference').map((it) => it.values[0]);
    expect(asked).toEqual(['docker pull ghcr.io/octo-org/pasted:1']);
  });

  it('has more options, which count', async () => {
    const host = page(filled);
    await userEvent.click(await screen.findByRole('button', { name: 'More options' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Description' }), 'A lesson');
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Compression' }), 'zstd');
    await userEvent.click(screen.getByRole('switch', { name: /^Keep attestations/ }));
    await accessible();
    await userEvent.click(await screen.findByRole('button', { name: /^Publish( |$)/ }));
    await waitFor(() => expect(host.asked.some((it) => it.name === 'publish')).toBe(true));
    const draft = host.asked.find((it) => it.name === 'publish')?.values[0] as Draft;
    expect(draft.options).toMatchObject({
      description: 'A lesson',
      compression: 'zstd',
      dropAttestations: true,
    });
  });

  it('shows what a file lists beside its images, and what that lacks', async () => {
    const lacks: FailureView = {
      ...failed,
      code: 'file.memberMissing',
      params: { member: 'blobs/sha256/1234' },
    };
    const left = { names: ['octo-app:3'], selector: '@1', mediaType: '', platform: null };
    const xml = { names: [], selector: null, mediaType: 'application/xml', platform: null };
    page((host) => {
      host.openArgument = () =>
        Promise.resolve({
          ...opened,
          leftOut: [
            { ...left, what: 'incomplete', failure: lacks },
            { ...xml, what: 'noImage', failure: lacks },
          ],
        });
    });
    const images = await screen.findByRole('list', { name: 'Images in this file' });
    expect(within(images).getAllByRole('listitem')).toHaveLength(1);
    const items = within(screen.getByRole('list', { name: 'Left out' })).getAllByRole('listitem');
    expect(items.map((item) => item.textContent.replace(/\s+/g, ' ').trim())).toEqual([
      'Incomplete octo-app:3 blobs/sha256/1234 is missing in the file.',
      'No image application/xml',
    ]);
    await accessible();
  });

  it('says of what is no image what it is instead', async () => {
    const host = page();
    host.openPath = () =>
      Promise.reject({ ...failed, code: 'file.other', params: { kind: 'lfs' } } as never);
    await userEvent.click(await screen.findByRole('button', { name: 'Paste a path' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Path' }), '/images/a.tar{Enter}');
    await screen.findByText(/^This is a Git LFS pointer/);
  });

  it('opens a file that unpacks to far more than it is when somebody wants that', async () => {
    const file = 4_503_599_627_370_497;
    const params = { member: 'a.tar.zst', size: 781, limit: 268_435_456, file: String(file) };
    const host = page();
    host.openPath = () => Promise.reject({ ...failed, code: 'file.unpacks', params } as never);
    await userEvent.click(await screen.findByRole('button', { name: 'Paste a path' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Path' }), '/a.tar.zst{Enter}');
    await screen.findByText('a.tar.zst has 781 B and unpacks to more than 268 MB.');
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Unpack it all the same' }));
    await screen.findByRole('region', { name: 'Image' });
    const asked = host.asked.filter((it) => it.name === 'unpackAnyway');
    expect(asked.map((it) => it.values[0])).toEqual([file]);
    expect(screen.queryByText(/unpacks to more than/)).toBeNull();
  });

  it('publishes several images of one file, each with its own form', async () => {
    const [first] = opened.images;
    if (!first) throw new Error('an image');
    const name = { name: 'octo-app:3', registry: '', imageName: 'octo-app', version: '3' };
    const second = { ...first, selector: '@1', names: [{ ...first.names[0], ...name }] };
    const host = page((host) => {
      host.openArgument = () =>
        Promise.resolve({ ...opened, images: [first, second as typeof first] });
    });
    const images = await screen.findByRole('list', { name: 'Images in this file' });
    await accessible();
    await userEvent.click(within(images).getByRole('checkbox', { name: 'Publish octo-app:3' }));
    await userEvent.click(within(images).getByRole('button', { name: 'octo-app:3' }));
    await waitFor(() =>
      expect(screen.getByRole('textbox', { name: 'Image name' })).toHaveValue('octo-app'),
    );
    const [other] = first.names;
    await userEvent.click(
      within(images).getByRole('checkbox', { name: `Publish ${other?.name ?? first.selector}` }),
    );
    await userEvent.click(await screen.findByRole('button', { name: /^Publish 2 images, / }));
    await screen.findByRole('heading', { name: 'Activity', level: 1 });
    const drafts = host.asked.filter((it) => it.name === 'publish').map((it) => it.values[0]);
    expect(drafts).toMatchObject([
      { image: '@1', imageName: 'octo-app', versions: ['3'] },
      { image: first.selector, imageName: opened.draft.imageName },
    ]);
  });

  it('tells how far a compressed file is, and lets it be', async () => {
    let refuse: (failure: FailureView) => void = () => undefined;
    page((host) => {
      host.chooseImage = () => new Promise((_, reject) => (refuse = reject));
      host.unpacking = { name: 'a.tar.gz', read: 25, total: 100, written: 1e6, need: 4e6 };
      host.cancelReading = () => Promise.resolve(refuse({ ...failed, code: 'cancelled' }));
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Choose image…' }));
    const bar = await screen.findByRole('progressbar', { name: 'Unpacking' });
    expect(bar).toHaveAttribute('aria-valuenow', '25');
    expect(screen.getByRole('heading', { name: 'a.tar.gz' })).toBeVisible();
    expect(
      screen.getByText('1.00 MB of about 4.00 MB unpacked into a temporary file'),
    ).toBeVisible();
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await screen.findByRole('button', { name: 'Choose image…' });
    expect(screen.queryByText('You cancelled it.')).toBeNull();
  });

  it('says why a file is refused and stays', async () => {
    const refusal: FailureView = { ...failed, code: 'file.zip' };
    page((host) => (host.chooseImage = () => Promise.reject(refusal)));
    await userEvent.click(await screen.findByRole('button', { name: 'Choose image…' }));
    await screen.findByText('A zip file is not an image. Unpack it and drop the .tar inside.');
    expect(screen.getByRole('region', { name: 'Drop zone' })).toBeVisible();
  });

  it('shows what a drag would do before it is let go', async () => {
    const host = page();
    await screen.findByRole('region', { name: 'Drop zone' });
    await waitFor(() => expect(host.drag).toBeDefined());
    const item = { name: 'a.tar', size: 1000, kind: 'tar', file: 1, refused: null };
    const zip = { name: 'b.zip', size: 1000, kind: null, file: null, refused: 'file.zip' as const };
    host.drag?.({ phase: 'over', more: 0, items: [item, zip] });
    await screen.findByRole('heading', { name: 'Drop to open 1 image' });
    expect(screen.getByText(/A zip file is not an image/)).toBeVisible();
    host.drag?.({ phase: 'dropped', more: 0, items: [item] });
    await screen.findByRole('region', { name: 'Destination' });
    expect(host.asked.find((it) => it.name === 'openDropped')?.values[0]).toEqual([1]);
  });
});

describe('the form', () => {
  it('has every control under its name', async () => {
    page(filled);
    await screen.findByRole('region', { name: 'Image' });
    const registry = screen.getByRole('radiogroup', { name: 'Registry' });
    within(registry).getByRole('radio', { name: 'ghcr.io' });
    within(registry).getByRole('radio', { name: 'docker.pkg.github.com Legacy' });
    for (const name of ['Owner', 'Image name', 'Version']) screen.getByRole('textbox', { name });
    screen.getByRole('textbox', { name: /^Repository/ });
    within(screen.getByRole('list', { name: 'Versions' })).getByRole('button', {
      name: 'Remove version 2.4.0',
    });
    for (const name of [
      'Inspect',
      'Replace…',
      'Copy reference',
      'Check again',
      'Show as command',
    ]) {
      screen.getByRole('button', { name });
    }
    screen.getByRole('img', { name: 'Layers' });
    screen.getByRole('status', { name: 'Full reference' });
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    const checks = screen.getByRole('list', { name: 'Checks' });
    expect(within(checks).getAllByRole('listitem')[0]).toHaveTextContent(/^Warning/);
    await accessible();
  });

  it('leaves a version that never moves, and leads to the rule that keeps it', async () => {
    const from = `sha256:${'1'.repeat(64)}`;
    const params = { tag: '2.4.0', from, rule: 'ghcr.io = versions' };
    const draft = { ...opened.draft, versions: ['latest'] };
    const kept = { id: 'tag.fixed', state: 'problem', params, field: 'version' } as const;
    const fix = { kind: 'leaveIt', value: '2.4.0', draft } as const;
    page((host) => {
      filled(host);
      host.preflight = () =>
        Promise.resolve({ ...preflight, checks: [{ ...kept, fix }, ...preflight.checks] });
    });
    const row = (await screen.findByText('2.4.0 exists and never moves here')).closest('li');
    if (!row) throw new Error('no row');
    expect(row).toHaveTextContent(/^Problem: .*Your rule: ghcr\.io = versions/);
    within(row).getByRole('button', { name: 'Leave it' });
    await accessible();
    await userEvent.click(within(row).getByRole('button', { name: 'See the rule' }));
    await screen.findByRole('textbox', { name: 'Where they stay' });
  });

  it('explains a wrong owner after a rest, fixes it with one click, and takes it back', async () => {
    page(filled);
    const owner = await screen.findByRole('textbox', { name: 'Owner' });
    await atRest();
    await userEvent.clear(owner);
    await userEvent.type(owner, 'Octocat');
    expect(screen.queryByText('Lower-case letters only.', { exact: false })).toBeNull();
    await screen.findByText('Lower-case letters only.', { exact: false });
    expect(owner).toHaveAttribute('aria-invalid', 'true');
    screen.getByRole('button', { name: 'Go to first problem' });
    await userEvent.click(screen.getByRole('button', { name: 'Use “octocat”' }));
    await waitFor(() => expect(owner).toHaveValue('octocat'));
    expect(screen.queryByText('Lower-case letters only.', { exact: false })).toBeNull();
    await userEvent.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(owner).toHaveValue('Octocat'));
  });

  it('leads to the first problem instead of being dead', async () => {
    page(filled);
    const owner = await screen.findByRole('textbox', { name: 'Owner' });
    await userEvent.clear(owner);
    await userEvent.click(screen.getByRole('textbox', { name: 'Image name' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Go to first problem' }));
    await waitFor(() => expect(owner).toHaveFocus());
    await screen.findByText('Enter a user or an organization.');
  });

  it('adds and removes versions by keyboard', async () => {
    page(filled);
    const version = await screen.findByRole('textbox', { name: 'Version' });
    await userEvent.type(version, '2.5{Enter}');
    await screen.findByRole('button', { name: 'Remove version 2.5' });
    await userEvent.type(version, '{Backspace}');
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: 'Remove version 2.5' })).toBeNull(),
    );
  });

  it('publishes what the form says', async () => {
    const host = page(filled);
    await userEvent.click(await screen.findByRole('button', { name: 'Publish 12.4 MB' }));
    await screen.findByRole('heading', { name: 'Publishing', level: 1 });
    const draft = host.asked.find((it) => it.name === 'publish')?.values[0];
    expect(draft).toMatchObject({ owner: 'octo-org', versions: ['2.4.0', 'latest'] });
  });

  it('does nothing where nothing is to be published, and says why', async () => {
    const host = page((host) => {
      filled(host);
      host.preflight = () => Promise.resolve({ ...preflight, button: { kind: 'nothing' } });
    });
    const button = await screen.findByRole('button', { name: 'Nothing to publish' });
    expect(button).toHaveAccessibleDescription(/same digest under every version/);
    await userEvent.click(button);
    expect(host.asked.some((it) => it.name === 'publish')).toBe(false);
  });

  it('hands the token on and keeps nothing of it', async () => {
    const host = page(filled);
    const add = vi.spyOn(host, 'addAccount');
    await userEvent.click(await screen.findByRole('button', { name: 'Add account…' }));
    await userEvent.click(await screen.findByRole('tab', { name: 'Paste a token' }));
    const token = screen.getByLabelText('Token');
    expect(token).toHaveAttribute('type', 'password');
    await userEvent.type(token, 'canary-token');
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Add account' }));
    await screen.findByRole('button', { name: 'Account: octocat github.com' });
    expect(add).toHaveBeenCalledWith({
      host: 'github.com',
      token: { from: 'typed', token: 'canary-token' },
      username: '',
      keep: true,
      anyway: false,
    });
    expect(document.documentElement.outerHTML).not.toContain('canary-token');
  });

  it('shows the details of the image', async () => {
    page(filled);
    await userEvent.click(await screen.findByRole('button', { name: 'Inspect' }));
    const sheet = await screen.findByRole('dialog', { name: 'Image details' });
    const table = within(sheet).getByRole('table', { name: 'Layers' });
    expect(within(table).getAllByRole('row')).toHaveLength(7);
    within(sheet).getByRole('tab', { name: /^Configuration/ });
    await within(sheet).findByRole('button', { name: 'Copy as JSON' });
    await within(sheet).findByText('31.6 MB, 4,118 files');
    await accessible();
  });

  it('calls a layer that is not compressed so, and names the type that it gets', async () => {
    const mediaType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
    page((host) => {
      const [image] = opened.images;
      if (!image) throw new Error('an image');
      const layers = image.layers.map((layer, index) => ({
        ...layer,
        ...(index === 0
          ? { mediaType, stored: 'plain', sending: 'compressed' as const, digest: null }
          : {}),
      }));
      host.openArgument = () => Promise.resolve({ ...opened, images: [{ ...image, layers }] });
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Inspect' }));
    const sheet = await screen.findByRole('dialog', { name: 'Image details' });
    const value = (term: string) =>
      [...sheet.querySelectorAll('dt')].find((it) => it.textContent === term)?.nextElementSibling;
    expect(value('Type')).toHaveTextContent(/^Stored uncompressed in the file, sent as gzip$/);
    expect(value('Sending')).toHaveTextContent(`Compressed with gzip on the way ${mediaType}`);
    const layers = within(sheet).getByRole('table', { name: 'Layers' });
    await userEvent.click(within(layers).getAllByRole('button')[1] ?? sheet);
    expect(value('Type')).toHaveTextContent(/tar\+gzip$/);
    expect(value('Sending')).toHaveTextContent(/^As stored, byte for byte$/);
  });

  it('counts what is in the layer that is chosen, once, and leaves off when nobody looks', async () => {
    let answer: (() => void) | undefined;
    const host = page((host) => {
      filled(host);
      const count = host.layerContent;
      host.layerContent = async (...asked) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return count(...asked);
      };
    });
    const asked = () => host.asked.filter(({ name }) => name === 'layerContent');
    await userEvent.click(await screen.findByRole('button', { name: 'Inspect' }));
    await screen.findByText('Counting…');
    answer?.();
    await screen.findByText('31.6 MB, 4,118 files');
    const layers = within(screen.getByRole('table', { name: 'Layers' })).getAllByRole('button');
    const choose = (at: number) => userEvent.click(layers[at] ?? document.body);
    const damaged = { ...failed, code: 'file.damaged', params: { member: 'blobs/sha256/1' } };
    host.layerContent = () => Promise.reject(damaged as never);
    await choose(1);
    expect(await screen.findByText(/^blobs\/sha256\/1 is damaged/)).toBeVisible();
    await choose(0);
    await screen.findByText('31.6 MB, 4,118 files');
    expect(asked()).toHaveLength(1);
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(host.asked.map(({ name }) => name)).toContain('leaveLayer'));
  });

  it('speaks Chinese', async () => {
    page((host) => {
      filled(host);
      host.language = 'zh-CN';
    });
    await screen.findByRole('heading', { name: '发布', level: 1 });
    await screen.findByRole('textbox', { name: '镜像名称' });
    await screen.findByRole('button', { name: '发布 12.4 MB' });
    expect(document.documentElement.lang).toBe('zh-CN');
  });
});
