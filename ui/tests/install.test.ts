import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { jobRow } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { engineView } from '../src/backend/fake-engines';
import { failureExample } from '../src/backend/fake-failures';
import { factsView, hidden, manyTags, tagsView } from '../src/backend/fake-install';
import {
  inDocker,
  installed,
  installing,
  lately,
  loadedInto,
} from '../src/backend/fake-install-scenes';
import type { JobView, SignaturesView } from '../src/bindings/view';
import { namesImage } from '../src/features/install/pasted';
import { announcer } from '../src/lib/announce.svelte';
import { failureTitle } from '../src/lib/failure';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, atRest, page } from './page';

const NAME = 'ghcr.io/octo-org/monalisa';

const field = () => screen.getByRole('textbox', { name: 'Image reference' });
const asked = (host: FakeHost, name: string) =>
  host.asked.filter((it) => it.name === name).map(({ values }) => values);
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const tags = () => screen.getByRole('radiogroup', { name: 'Tags' });
const tag = (name: string) => within(tags()).getByRole('radio', { name });
const names = () =>
  within(tags())
    .getAllByRole('radio')
    .map((radio) => radio.getAttribute('aria-label'));

/** The page with what somebody pasted. */
async function pasted(text: string, change: (host: FakeHost) => void = () => undefined) {
  const host = page((host) => {
    host.view = structuredClone(installing);
    change(host);
  });
  await userEvent.click(await screen.findByRole('textbox', { name: 'Image reference' }));
  await userEvent.paste(text);
  await waitFor(() => expect(asked(host, 'readPasted').length).toBeGreaterThan(0));
  await atRest();
  return host;
}

describe('Install', () => {
  beforeEach(() => router.go({ page: 'install' }));

  it('begins with one field, examples and what was installed lately', async () => {
    const host = page(lately);
    await screen.findByRole('heading', { level: 1, name: 'Install' });
    const rail = screen.getByRole('navigation', { name: 'Main' });
    const link = within(rail).getByRole('link', { name: 'Install' });
    expect(link).toHaveAttribute('aria-current', 'page');
    expect(link).toHaveAttribute('aria-keyshortcuts', 'Control+4');
    expect(
      within(screen.getByRole('list', { name: 'For example:' })).getAllByRole('listitem'),
    ).toHaveLength(3);
    const list = await screen.findByRole('list', { name: 'Installed lately' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(2);
    const [first] = within(list).getAllByRole('button', { name: 'Show file' });
    if (first) await userEvent.click(first);
    expect(asked(host, 'showInstalledFile')).toEqual([[40]]);
    expect(screen.queryByRole('button', { name: /^Install/ })).toBeNull();
    await accessible();
  });

  it('looks a version up, offers its platforms, and begins', async () => {
    const host = await pasted(`docker pull ${NAME}:2.3.1`);
    const platforms = screen.getByRole('radiogroup', { name: 'Platform' });
    expect(within(platforms).getByRole('radio', { name: 'linux/amd64' })).toBeChecked();
    expect(within(platforms).getByText('Fits this computer')).toBeVisible();
    expect(asked(host, 'findTags')).toEqual([]);
    expect(asked(host, 'imageFacts')).toEqual([[`${NAME}:2.3.1`, null, false, false]]);
    expect(screen.getByRole('radiogroup', { name: 'Save to' })).toBeVisible();
    expect(screen.getByText('~/Downloads/monalisa-2.4.0.tar')).toBeVisible();
    button('Copy pull command by version');
    button('Copy pull command by digest');
    expect(button(/^Install/)).toHaveTextContent('Install 48.2 MB');
    await accessible();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')).toEqual([
      [
        {
          reference: `${NAME}:2.3.1`,
          platforms: ['linux/amd64'],
          allPlatforms: false,
          signatures: false,
          format: 'dockerArchive',
          engine: null,
          place: 1,
          existing: 'ask',
          anonymous: false,
        },
      ],
    ]);
    expect(router.current).toEqual({ page: 'installJob', job: 1 });
  });

  it('reads what another platform takes when it is chosen, and all of them in no Docker archive', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    await userEvent.click(screen.getByRole('radio', { name: 'linux/arm64' }));
    await waitFor(() => expect(button(/^Install/)).toHaveTextContent('Install 47.9 MB'));
    expect(asked(host, 'imageFacts').at(-1)).toEqual([
      `${NAME}:2.3.1`,
      'linux/arm64',
      false,
      false,
    ]);
    await userEvent.click(screen.getByRole('radio', { name: 'All platforms' }));
    await waitFor(() => expect(button(/^Install/)).toHaveTextContent('Install 96.1 MB'));
    const kind = screen.getByRole('combobox', { name: 'Kind of file' });
    expect(kind).toHaveValue('ociArchive');
    expect(within(kind).getByRole('option', { name: 'Docker archive' })).toBeDisabled();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([
      { platforms: [], allPlatforms: true, format: 'ociArchive' },
    ]);
  });

  it('says before the start that one platform has another digest than the index', async () => {
    await pasted(`${NAME}:2.3.1`);
    const says = /The digest will be that of linux\/amd64 alone/;
    expect(screen.getByText(says)).toBeVisible();
    expect(button(/^Install/)).toHaveAccessibleDescription(says);
    await userEvent.click(screen.getByRole('radio', { name: 'All platforms' }));
    await waitFor(() => expect(screen.queryByText(says)).toBeNull());
    expect(button(/^Install/)).not.toHaveAccessibleDescription(says);
  });

  it('says nothing of another digest where there is one platform alone', async () => {
    await pasted(`${NAME}:2.3.1`, (host) => {
      host.registryFacts = (reference) => ({ ...factsView(reference), index: false });
    });
    expect(button(/^Install/)).not.toHaveAccessibleDescription(/The digest will be/);
  });

  it('takes signatures along where somebody wants them', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    const box = screen.getByRole('checkbox', { name: 'Signatures and attestations too' });
    expect(box).not.toBeChecked();
    expect(asked(host, 'imageSignatures')).toEqual([]);
    await userEvent.click(box);
    await atRest();
    const says = /^48\.5 MB to fetch, 6 layers, 2 signatures or attestations\. Each digest/;
    expect(button(/^Install/)).toHaveAccessibleDescription(says);
    expect(button(/^Install/)).toHaveTextContent('Install 48.5 MB');
    await accessible();
    // What was read is known when it is wanted again.
    await userEvent.click(box);
    expect(button(/^Install/)).toHaveTextContent('Install 48.2 MB');
    await userEvent.click(box);
    expect(button(/^Install/)).toHaveTextContent('Install 48.5 MB');
    expect(asked(host, 'imageSignatures')).toEqual([[`${NAME}:2.3.1`, 'linux/amd64', false]]);
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([{ signatures: true }]);
  });

  it('promises no size while it reads the signatures, and says why it could not', async () => {
    const answers: ((told: SignaturesView | Promise<never>) => void)[] = [];
    await pasted(`${NAME}:2.3.1`, (host) => {
      host.imageSignatures = () => new Promise((done) => answers.push(done));
    });
    const box = screen.getByRole('checkbox', { name: 'Signatures and attestations too' });
    await userEvent.click(box);
    expect(button(/^Install/)).toHaveAccessibleDescription(/^Reading which signatures there are…/);
    expect(button(/^Install/)).not.toHaveTextContent('MB');
    answers.pop()?.(Promise.reject(failureExample('rateLimited')));
    const why = failureTitle(failureExample('rateLimited'));
    await screen.findByText(`The signatures were not read: ${why}.`);
    expect(button(/^Install/)).not.toHaveTextContent('MB');
    await userEvent.click(button('Read again'));
    expect(button(/^Install/)).toHaveAccessibleDescription(/^Reading which signatures there are…/);
    answers.pop()?.(Promise.reject(failureExample('rateLimited')));
    await screen.findByText(`The signatures were not read: ${why}.`);
    await userEvent.click(box);
    expect(button(/^Install/)).toHaveTextContent('Install 48.2 MB');
    await userEvent.click(box);
    answers.pop()?.({ count: 0, bytes: 0, here: 0 });
    expect(await screen.findByText(/6 layers; this version has no signatures\./)).toBeVisible();
    expect(button(/^Install/)).toHaveTextContent('Install 48.2 MB');
    await accessible();
  });

  it('reads the signatures of another platform, and never those that an engine takes', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    const box = screen.getByRole('checkbox', { name: 'Signatures and attestations too' });
    await userEvent.click(box);
    await userEvent.click(screen.getByRole('radio', { name: 'linux/arm64' }));
    await waitFor(() => expect(button(/^Install/)).toHaveTextContent('Install 48.2 MB'));
    await userEvent.click(screen.getByRole('radio', { name: 'All platforms' }));
    await waitFor(() => expect(button(/^Install/)).toHaveTextContent('Install 96.4 MB'));
    const whom = asked(host, 'imageSignatures').map(([, platform]) => platform);
    expect(whom).toEqual(['linux/amd64', 'linux/arm64', null]);
    await userEvent.click(screen.getByRole('radio', { name: 'Docker on this computer' }));
    await userEvent.click(screen.getByRole('radio', { name: 'linux/arm64' }));
    await atRest();
    expect(asked(host, 'imageSignatures')).toHaveLength(3);
  });

  it.each([
    ['the tags show none', NAME],
    ['the registry keeps none', 'docker.pkg.github.com/octo-org/octo-app/monalisa:1.0'],
  ])('offers no signatures where %s', async (_, text) => {
    await pasted(text, (host) => (host.registryTags = tagsView({ signatures: 0 })));
    await screen.findByRole('radiogroup', { name: 'Save to' });
    expect(screen.queryByRole('checkbox', { name: 'Signatures and attestations too' })).toBeNull();
  });

  it('writes an OCI layout into a folder, which has a place of its own', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    const kind = screen.getByRole('combobox', { name: 'Kind of file' });
    await userEvent.selectOptions(kind, 'OCI layout folder');
    expect(await screen.findByText('~/Downloads/monalisa-2.4.0')).toBeVisible();
    expect(screen.getByRole('radio', { name: 'A folder' })).toBeChecked();
    await accessible();
    await userEvent.click(button('Change…'));
    expect(await screen.findByText('~/images')).toBeVisible();
    expect(asked(host, 'chooseInstallPlace')).toEqual([[`${NAME}:2.3.1`, 'ociLayout']]);
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([{ format: 'ociLayout', place: 2 }]);
  });

  it('asks for a place anew when a folder becomes a file again', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    const kind = screen.getByRole('combobox', { name: 'Kind of file' });
    await userEvent.selectOptions(kind, 'OCI layout folder');
    await screen.findByText('~/Downloads/monalisa-2.4.0');
    await userEvent.selectOptions(kind, 'OCI archive');
    expect(await screen.findByText('~/Downloads/monalisa-2.4.0.tar')).toBeVisible();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([{ format: 'ociArchive', place: 1 }]);
  });

  it('begins nothing before the folder is known', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    host.installPlace = () => new Promise(() => undefined);
    const kind = screen.getByRole('combobox', { name: 'Kind of file' });
    await userEvent.selectOptions(kind, 'OCI layout folder');
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')).toEqual([]);
  });

  it('names engines, says why one is off, and checks again', async () => {
    const host = await pasted(`${NAME}:2.3.1`, (host) => {
      host.engineViews = [engineView('docker', 'notRunning'), engineView('podman', 'notInstalled')];
    });
    const to = screen.getByRole('radiogroup', { name: 'Save to' });
    expect(within(to).getByRole('radio', { name: 'A file' })).toBeChecked();
    for (const [name, why] of [
      ['Docker on this computer', 'Not running'],
      ['Podman on this computer', 'Not installed'],
    ] as const) {
      const engine = within(to).getByRole('radio', { name });
      expect(engine).toBeDisabled();
      expect(engine).toHaveAccessibleDescription(why);
    }
    host.engineViews = [engineView('docker'), engineView('podman', 'notInstalled')];
    const [again] = within(to).getAllByRole('button', { name: 'Check again' });
    if (again) await userEvent.click(again);
    const docker = within(to).getByRole('radio', { name: 'Docker on this computer' });
    await waitFor(() => expect(docker).toBeEnabled());
    expect(docker).toHaveAccessibleDescription('Docker 29.1 is running');
    await accessible();
  });

  it('installs into an engine, of one platform and without what only files keep', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    const to = screen.getByRole('radiogroup', { name: 'Save to' });
    const podman = within(to).getByRole('radio', { name: 'Podman on this computer' });
    await waitFor(() => expect(podman).toBeEnabled());
    await userEvent.click(
      screen.getByRole('checkbox', { name: 'Signatures and attestations too' }),
    );
    await atRest();
    expect(button(/^Install/)).toHaveAccessibleDescription(/2 signatures or attestations/);
    await userEvent.click(podman);
    expect(button(/^Install/)).not.toHaveAccessibleDescription(/signatures/);
    // All of them are for files.
    await userEvent.click(screen.getByRole('radio', { name: 'All platforms' }));
    expect(within(to).getByRole('radio', { name: 'A file' })).toBeChecked();
    await userEvent.click(podman);
    await atRest();
    expect(screen.getByRole('radio', { name: 'linux/amd64' })).toBeChecked();
    expect(screen.queryByRole('combobox', { name: 'Kind of file' })).toBeNull();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([
      { engine: 'podman', allPlatforms: false, platforms: ['linux/amd64'], signatures: false },
    ]);
  });

  it('takes some of the platforms, and begins nothing without one', async () => {
    const host = await pasted(`${NAME}:2.3.1`, (host) => {
      host.registryFacts = (reference, every) => {
        const facts = factsView(reference, every);
        const other = { platform: 'linux/s390x', fits: false, size: null };
        return { ...facts, platforms: [...facts.platforms, other] };
      };
    });
    await userEvent.click(screen.getByRole('radio', { name: 'Some platforms…' }));
    const which = screen.getByRole('group', { name: 'Which platforms' });
    const box = (name: string) => within(which).getByRole('checkbox', { name });
    expect(box('linux/amd64')).toBeChecked();
    await userEvent.click(box('linux/amd64'));
    expect(button(/^Install/)).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(box('linux/amd64'));
    await userEvent.click(box('linux/s390x'));
    await accessible();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([
      { platforms: ['linux/amd64', 'linux/s390x'], allPlatforms: false, format: 'ociArchive' },
    ]);
  });

  it('promises to fetch no layer that is here already', async () => {
    await pasted(`${NAME}:2.3.1`, (host) => {
      host.registryFacts = (reference, every) => {
        const facts = factsView(reference, every);
        const size = { layers: 6, bytes: 48_200_000, here: 27_800_000 };
        return { ...facts, platforms: [{ platform: 'linux/amd64', fits: true, size }] };
      };
    });
    expect(button(/^Install/)).toHaveTextContent('Install 48.2 MB');
    expect(screen.getByText(/^20\.4 MB to fetch.* 27\.8 MB are here already\.$/s)).toBeVisible();
  });

  it('goes where somebody chose, unless the dialog is left', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    await userEvent.click(button('Change…'));
    expect(await screen.findByText('~/other.tar')).toBeVisible();
    host.chooseInstallPlace = () => Promise.resolve(null);
    await userEvent.click(button('Change…'));
    await atRest();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([{ place: 2 }]);
  });

  it('asks what becomes of a file that is there', async () => {
    const host = await pasted(`${NAME}:2.3.1`, (host) => {
      host.begun = { kind: 'exists', place: { ...host.place, exists: true } };
    });
    await userEvent.click(button(/^Install/));
    const dialog = await screen.findByRole('dialog', { name: 'A file of this name is there' });
    expect(dialog).toHaveTextContent('monalisa-2.4.0 (2).tar');
    await accessible();
    host.begun = { kind: 'job', job: 5 };
    await userEvent.click(within(dialog).getByRole('button', { name: 'Keep both' }));
    expect(asked(host, 'install').at(-1)).toMatchObject([{ existing: 'keepBoth' }]);
    expect(router.current).toEqual({ page: 'installJob', job: 5 });
  });

  it('tells before the start how much room is missing', async () => {
    const host = await pasted(`${NAME}:2.3.1`, (host) => {
      host.begun = { kind: 'noRoom', need: 48_300_000, missing: 12_400_000 };
    });
    await userEvent.click(button(/^Install/));
    const alerts = await screen.findAllByRole('alert');
    expect(alerts.some((it) => it.textContent.includes('12.4 MB more are needed'))).toBe(true);
    expect(router.current).toEqual({ page: 'install' });
    expect(asked(host, 'install')).toHaveLength(1);
  });

  it('refuses in the words of names what is no reference, and offers the nearest', async () => {
    const host = await pasted('monalisa');
    expect(field()).toBeInvalid();
    expect(field()).toHaveAccessibleDescription(/^Start with the registry/);
    const fix = 'ghcr.io/octocat/monalisa';
    host.readPasted = (text) =>
      Promise.resolve({
        wish: null,
        problem: { rule: 'name.case', params: {}, fix: text === fix ? null : fix, message: '' },
      });
    await userEvent.type(field(), 'X');
    await userEvent.click(await screen.findByRole('button', { name: `Use “${fix}”` }));
    expect(field()).toHaveValue(fix);
    expect(asked(host, 'findTags')).toEqual([]);
  });

  it('takes what is pasted outside of the field, and no token', async () => {
    const host = page();
    await screen.findByRole('heading', { level: 1, name: 'Install' });
    const paste = (text: string) =>
      fireEvent.paste(document.body, { clipboardData: { getData: () => text } });
    await paste(`ghp_${'a'.repeat(36)}`);
    await paste(`podman pull ${NAME}:2.3.1`);
    await waitFor(() => expect(asked(host, 'imageFacts')).toHaveLength(1));
    expect(asked(host, 'readPasted').map(([text]) => text)).toEqual([`podman pull ${NAME}:2.3.1`]);
  });
});

describe('what belongs to one version', () => {
  beforeEach(() => router.go({ page: 'install' }));

  const versionOf = (reference: string) => reference.slice(reference.lastIndexOf(':') + 1);
  const places = (host: FakeHost) => {
    host.installPlace = (reference) =>
      Promise.resolve({
        ...host.place,
        id: versionOf(reference) === '2.3.1' ? 8 : 7,
        shown: `~/monalisa-${versionOf(reference)}.tar`,
      });
  };

  it('is not the file of another: each goes into the one that is named after it', async () => {
    const host = await pasted(NAME, places);
    expect(screen.getByText('~/monalisa-2.4.0.tar')).toBeVisible();
    await userEvent.click(tag('2.3.1, 2.3'));
    expect(screen.queryByRole('button', { name: /^Install/ })).toBeNull();
    await screen.findByText('~/monalisa-2.3.1.tar');
    await atRest();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')).toMatchObject([[{ reference: `${NAME}:2.3.1`, place: 8 }]]);
  });

  it('is asked anew after the same name is looked up once more', async () => {
    const host = await pasted(NAME, places);
    await userEvent.click(screen.getByRole('radio', { name: 'All platforms' }));
    await atRest();
    await userEvent.click(tag('2.3.1, 2.3'));
    await screen.findByText('~/monalisa-2.3.1.tar');
    expect(screen.getByRole('radio', { name: 'linux/amd64' })).toBeChecked();
    await userEvent.click(button('Look up'));
    await screen.findByText('~/monalisa-2.4.0.tar');
    await atRest();
    expect(asked(host, 'imageFacts').at(-1)).toEqual([`${NAME}:2.4.0`, null, false, false]);
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')).toMatchObject([[{ reference: `${NAME}:2.4.0`, place: 7 }]]);
  });

  it('begins nothing while a question is under way', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    let answer: ((facts: ReturnType<typeof factsView>) => void) | undefined;
    host.imageFacts = () => new Promise((done) => (answer = done));
    await userEvent.click(screen.getByRole('radio', { name: 'linux/arm64' }));
    expect(button(/^Install/)).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')).toEqual([]);
    answer?.({ ...factsView(`${NAME}:2.3.1`), wanted: 1 });
    await waitFor(() => expect(button(/^Install/)).toHaveAttribute('aria-disabled', 'false'));
  });

  it('is looked at though somebody types on in the field meanwhile', async () => {
    const host = await pasted(NAME);
    await userEvent.click(tag('2.3.1, 2.3'));
    // The same image, as it is read.
    await userEvent.type(field(), ' ');
    await waitFor(() =>
      expect(asked(host, 'imageFacts').at(-1)).toEqual([`${NAME}:2.3.1`, null, false, false]),
    );
    await waitFor(() => expect(button(/^Install/)).toHaveAttribute('aria-disabled', 'false'));
  });
});

describe('a platform in a pasted command', () => {
  beforeEach(() => router.go({ page: 'install' }));

  const variant = (reference: string, wanted: number | null) => {
    const facts = factsView(reference);
    const [first, second] = facts.platforms;
    if (!first || !second) throw new Error('two platforms');
    return { ...facts, wanted, platforms: [first, { ...second, platform: 'linux/arm64/v8' }] };
  };

  it('is the one that Rust found, by its variant too', async () => {
    const host = await pasted(`docker pull --platform linux/arm64 ${NAME}:2.3.1`, (host) => {
      host.registryFacts = (reference) => variant(reference, 1);
    });
    expect(screen.getByRole('radio', { name: 'linux/arm64/v8' })).toBeChecked();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')).toMatchObject([[{ platforms: ['linux/arm64/v8'] }]]);
  });

  it('is said to be missing where the image has it not', async () => {
    await pasted(`docker pull --platform linux/riscv64 ${NAME}:2.3.1`, (host) => {
      host.registryFacts = (reference) => variant(reference, null);
    });
    expect(screen.getByText(/The image has no linux\/riscv64/)).toHaveAttribute('role', 'alert');
    await accessible();
  });

  it('is read anew though the name stayed', async () => {
    const host = await pasted(`${NAME}:2.3.1`);
    await userEvent.clear(field());
    await userEvent.paste(`docker pull --platform linux/arm64 ${NAME}:2.3.1`);
    await waitFor(() => expect(screen.getByRole('radio', { name: 'linux/arm64' })).toBeChecked());
    expect(asked(host, 'imageFacts').at(-1)?.[1]).toBe('linux/arm64');
  });
});

describe('text that is pasted outside of a field', () => {
  it('is an image in any of its words', () => {
    for (const text of [
      `${NAME}:2.3.1`,
      `docker pull ${NAME}`,
      `docker pull ${NAME} --quiet`,
      `docker pull ${NAME}@sha256:${'a'.repeat(64)}`,
      'https://github.com/orgs/octo-org/packages/container/monalisa/4711?tag=2.3.1',
      `image: "${NAME}:1"`,
    ])
      expect(namesImage(text), text).toBe(true);
  });

  it('is left alone with a secret in it, which the field would show', () => {
    const token = `ghp_${'a'.repeat(36)}`;
    for (const text of [
      token,
      `https://octocat:secret@ghcr.io/octo-org/monalisa`,
      `git clone https://secret@github.com/octo-org/monalisa`,
      `docker login ${NAME} -p ${token}`,
    ])
      expect(namesImage(text), text).toBe(false);
  });

  it('is not searched where it is longer than a name', () => {
    expect(namesImage(`${NAME}:${'a'.repeat(2000)}`)).toBe(false);
    expect(namesImage('no image here')).toBe(false);
  });
});

describe('a name without a version', () => {
  beforeEach(() => router.go({ page: 'install' }));

  it('shows its tags, the highest version number chosen', async () => {
    await pasted(NAME);
    const table = screen.getByRole('table', { name: 'Tags' });
    const heads = within(table).getAllByRole('columnheader');
    expect(heads.map((head) => head.textContent).filter(Boolean)).toEqual([
      'Tags',
      'Digest',
      'Platforms',
      'Created',
    ]);
    expect(tag('2.4.0, latest')).toBeChecked();
    expect(field()).toHaveAccessibleDescription(
      'No version was named. Choose one of 9 tags; private, read as octocat.',
    );
    expect(screen.getByText(':2.4.0')).toBeVisible();
    expect(button(/^Install/)).toHaveTextContent('48.2 MB');
    await accessible();
  });

  it('looks at another tag when the choice rests', async () => {
    const host = await pasted(NAME);
    await userEvent.click(tag('2.3.1, 2.3'));
    await waitFor(() =>
      expect(asked(host, 'imageFacts').at(-1)).toEqual([`${NAME}:2.3.1`, null, false, false]),
    );
    await atRest();
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([{ reference: `${NAME}:2.3.1` }]);
  });

  it('is chosen among with arrows', async () => {
    await pasted(NAME);
    tag('2.4.0, latest').focus();
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(tag('nightly')).toHaveFocus());
    expect(tag('nightly')).toBeChecked();
    await userEvent.keyboard('{End}');
    await waitFor(() => expect(tag('1.0')).toHaveFocus());
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(tag('2.4.0, latest')).toHaveFocus());
    const stops = within(tags())
      .getAllByRole('radio')
      .filter((radio) => radio.tabIndex === 0);
    expect(stops).toHaveLength(1);
  });

  it('hides tags of signatures with a count, filters and sorts', async () => {
    await pasted(NAME);
    const count = () => screen.getByRole('table', { name: 'Tags' }).getAttribute('aria-rowcount');
    expect(count()).toBe('7');
    await userEvent.click(screen.getByRole('checkbox', { name: 'Show 3 signature tags' }));
    expect(count()).toBe('10');
    await userEvent.click(screen.getByRole('checkbox', { name: /^Show/ }));
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Sort tags' }), 'oldest');
    expect(names()[0]).toBe('1.0');
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter tags' }), '2.3');
    expect(names()).toEqual(['2.3.0', '2.3.1, 2.3']);
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter tags' }), 'x');
    expect(screen.getByText('No tag has these letters')).toBeVisible();
  });

  it('without dates is sorted by version and says so', async () => {
    await pasted(NAME, (host) => (host.registryTags = tagsView({ dates: 'none' })));
    expect(screen.getByText('no dates known')).toBeVisible();
    const sort = screen.getByRole('combobox', { name: 'Sort tags' });
    expect(sort).toHaveValue('version');
    expect(within(sort).queryByRole('option', { name: 'Newest first' })).toBeNull();
  });

  it('copies the tags that are chosen, or those that are shown', async () => {
    await pasted(NAME);
    expect(button('Copy to…')).toHaveAccessibleDescription('2.4.0, latest');
    await userEvent.click(button('Copy to…'));
    expect(overlay.copy).toEqual({ from: NAME, tags: ['2.4.0', 'latest'] });
    overlay.open = undefined;
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter tags' }), '2.3');
    const shown = names().flatMap((name) => name?.split(', ') ?? []);
    await userEvent.click(button('Copy to…'));
    expect(overlay.open).toBe('copy');
    expect(overlay.copy).toEqual({ from: NAME, tags: shown });
  });

  it('draws few of a thousand tags', async () => {
    await pasted(NAME, (host) => (host.registryTags = manyTags(1000)));
    expect(screen.getByRole('table', { name: 'Tags' })).toHaveAttribute('aria-rowcount', '1001');
    expect(within(tags()).getAllByRole('radio').length).toBeLessThan(60);
    expect(screen.getByText('1,000 versions with a tag')).toBeVisible();
  });

  it('that nobody may see offers a sign-in, and to go on without the token', async () => {
    const host = await pasted(NAME, (host) => {
      host.have(account('octocat', { isDefault: true }));
      host.registryTags = hidden('octocat');
    });
    const card = screen.getByRole('region', { name: 'What is the matter' });
    within(card).getByRole('alert').textContent.includes('Not found, or no access');
    expect(card).toHaveTextContent('octocat may not see it');
    await accessible();
    host.registryTags = tagsView({
      readAs: { account: null, refused: null, visibility: 'public' },
    });
    await userEvent.click(within(card).getByRole('button', { name: 'Install anonymously' }));
    await waitFor(() => expect(asked(host, 'findTags').at(-1)).toEqual([NAME, true]));
    await atRest();
    expect(field()).toHaveAccessibleDescription(/public, read without an account\.$/);
    await userEvent.click(button(/^Install/));
    expect(asked(host, 'install')[0]).toMatchObject([{ anonymous: true }]);
  });

  it('offers no way without an account where none was used', async () => {
    await pasted(NAME, (host) => (host.registryTags = hidden()));
    button('Sign in');
    expect(screen.queryByRole('button', { name: 'Install anonymously' })).toBeNull();
  });

  it('forgets what belongs to another name', async () => {
    const host = await pasted(NAME);
    await userEvent.clear(field());
    await waitFor(() => expect(screen.queryByRole('radiogroup', { name: 'Tags' })).toBeNull());
    await userEvent.type(field(), 'ghcr.io/octocat/other{Enter}');
    await waitFor(() =>
      expect(asked(host, 'findTags').at(-1)).toEqual(['ghcr.io/octocat/other', false]),
    );
  });

  it('shows no answer that another question overtook', async () => {
    const host = await pasted(NAME);
    const answers: ((facts: ReturnType<typeof factsView>) => void)[] = [];
    host.imageFacts = () => new Promise((done) => answers.push(done));
    await userEvent.click(tag('1.0'));
    await waitFor(() => expect(answers).toHaveLength(1));
    await userEvent.click(tag('2.2.0, 2.2'));
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(factsView(`${NAME}:2.2.0`));
    const shows = (version: string) => document.body.textContent.includes(`${NAME}:${version}`);
    await waitFor(() => expect(shows('2.2.0')).toBe(true));
    answers[0]?.(factsView(`${NAME}:1.0`));
    await atRest();
    expect(shows('1.0')).toBe(false);
  });
});

describe('a job that installs', () => {
  beforeEach(() => router.go({ page: 'installJob', job: 1 }));

  it('has its own words', async () => {
    const host = page((host) => (host.view = structuredClone(installing)));
    await screen.findByRole('heading', { level: 1, name: 'Installing' });
    const bar = screen.getByRole('progressbar', { name: 'Installing' });
    expect(bar).toHaveAttribute('aria-valuetext', expect.stringContaining('54 %'));
    expect(screen.getByRole('link', { name: 'Install', current: 'page' })).toBeVisible();
    const steps = within(screen.getByRole('list', { name: 'Steps' })).getAllByRole('listitem');
    expect(steps.map((step) => step.textContent.trim())).toEqual([
      'Found',
      'Manifests read',
      'Fetching layers',
      'Name the file',
    ]);
    expect(steps[2]).toHaveAttribute('aria-current', 'step');
    expect(document.body).not.toHaveTextContent(/publish(ing|ed)/i);
    await userEvent.click(button('Pause'));
    await userEvent.click(button('Cancel'));
    expect(asked(host, 'pauseJob')).toEqual([[1]]);
    expect(asked(host, 'cancelJob')).toEqual([[1]]);
    await accessible();
  });

  it('leads to its place from the address of another page', async () => {
    router.go({ page: 'job', job: 1 });
    page((host) => (host.view = structuredClone(installing)));
    await waitFor(() => expect(location.hash).toBe('#/install/1'));
  });

  it('ends with its proof, how to use the file, and what comes next', async () => {
    const host = page((host) => (host.view = structuredClone(installed)));
    await screen.findByRole('heading', { level: 2, name: 'Installed and verified' });
    await atRest();
    const use = screen.getByRole('tablist', { name: 'Use it' });
    expect(
      within(use)
        .getAllByRole('tab')
        .map((it) => it.textContent),
    ).toEqual(['Docker', 'Podman', 'Compose', 'FROM']);
    expect(screen.getByText(/^docker load -i/)).toBeVisible();
    for (const name of [
      'Copy load command',
      'Copy run command',
      'Copy shell command',
      'Copy digest',
      'Copy pull command by version',
      'Copy pull command by digest',
      'Copy to…',
      'Install another platform…',
      'Show as command',
    ])
      button(name);
    await userEvent.click(within(use).getByRole('tab', { name: 'Podman' }));
    expect(screen.getByText(/^podman load -i/)).toBeVisible();
    await accessible();
    await userEvent.click(button('Show file'));
    expect(asked(host, 'showInstalledFile')).toEqual([[1]]);
    await userEvent.click(button('Install another platform…'));
    expect(router.current).toEqual({ page: 'install' });
    expect(field()).toHaveValue('ghcr.io/octo-org/monalisa:2.4.0');
  });

  it('says what an engine has of it, and how it is run there', async () => {
    page(inDocker);
    await screen.findByRole('heading', { level: 2, name: 'Installed and verified' });
    expect(await screen.findByText(/^Docker has the image, every digest agrees/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show file' })).toBeNull();
    const use = await screen.findByRole('tablist', { name: 'Use it' });
    const tabs = within(use).getAllByRole('tab');
    expect(tabs.map((tab) => tab.textContent)).toEqual(['Docker', 'Compose', 'FROM']);
    expect(screen.getByRole('tabpanel', { name: 'Docker' })).toHaveTextContent(
      'docker run --rm -p 8080:8080 ghcr.io/octo-org/monalisa:2.4.0',
    );
    expect(screen.getByText('listens on 8080/tcp, as the image says')).toBeVisible();
    const what = screen.getByRole('region', { name: 'What was installed' });
    expect(what).toHaveTextContent('Name in Docker');
    expect(what).toHaveTextContent('2 layers were in Docker before');
    expect(button('Save as a file too…')).toBeVisible();
    await accessible();
  });

  it('says so where the engine has something else', async () => {
    page((host) => {
      inDocker(host);
      const view = structuredClone(loadedInto);
      const [image] = view.install?.result?.loaded ?? [];
      if (image) image.notVerified = 'Docker has other layers under this name than were fetched';
      host.view = view;
    });
    await screen.findByRole('heading', { level: 2, name: 'Installed, not verified' });
    expect(screen.getByText(/other layers under this name/)).toBeVisible();
    expect(screen.queryByText('Digest verified')).toBeNull();
  });

  it('is read back once more where somebody asks', async () => {
    const view = structuredClone(loadedInto);
    const [image] = view.install?.result?.loaded ?? [];
    if (image) image.notVerified = 'it cannot be read back';
    const away = failureExample('network.unreachable');
    const told = (text: string) => text.startsWith(`${failureTitle(away)}: `);
    const answers: (() => Promise<JobView>)[] = [
      () => Promise.reject(away),
      () => Promise.resolve(structuredClone(view)),
      () => Promise.resolve(structuredClone(loadedInto)),
    ];
    page((host) => {
      inDocker(host);
      host.view = view;
      host.verifyAgain = () => answers.shift()?.() ?? Promise.resolve(view);
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Verify again' }));
    expect(await screen.findByText(told)).toBeVisible();
    await userEvent.click(button('Verify again'));
    await waitFor(() => expect(screen.queryByText(told)).toBeNull());
    expect(screen.getByRole('heading', { name: 'Installed, not verified' })).toBeVisible();
    await userEvent.click(button('Verify again'));
    await screen.findByRole('heading', { level: 2, name: 'Installed and verified' });
    expect(screen.queryByRole('button', { name: 'Verify again' })).toBeNull();
    await accessible();
  });

  it('becomes a file where the engine refused it', async () => {
    page((host) => {
      const said = { engine: 'Docker', reason: 'no space left on device' };
      const failure = { code: 'engine.notLoaded', params: said, retry: 'yes' } as const;
      host.view = {
        ...loadedInto,
        install: loadedInto.install && { ...loadedInto.install, result: null },
        progress: { ...loadedInto.progress, state: 'failed' },
        failure: { ...failure, message: '', help: [{ kind: 'again' }], technical: null },
      };
    });
    expect(await screen.findByText('Docker refused the image')).toBeVisible();
    expect(screen.getByText(/no space left on device/)).toBeVisible();
    await userEvent.click(button('Save as a file instead…'));
    expect(router.current).toEqual({ page: 'install' });
  });

  it('leads to a copy of what was installed', async () => {
    page((host) => (host.view = structuredClone(installed)));
    await userEvent.click(await screen.findByRole('button', { name: 'Copy to…' }));
    expect(overlay.open).toBe('copy');
    expect(overlay.copy).toEqual({ from: 'ghcr.io/octo-org/monalisa:2.4.0', tags: [] });
  });

  it('names nothing that the file does not hold: fetched by digest, it has no name', async () => {
    const exact = `${NAME}@sha256:${'3f1c'.repeat(16)}`;
    page((host) => {
      host.view = structuredClone(installed);
      host.file = { ...host.file, name: exact, loaded: null, byVersion: null };
    });
    expect(await screen.findByText(/^docker load -i/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Copy run command' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Copy shell command' })).toBeNull();
    expect(screen.getByText(/The file has no name/)).toBeVisible();
    await userEvent.click(screen.getByRole('tab', { name: 'FROM' }));
    expect(screen.getByRole('tabpanel')).toHaveTextContent(`FROM ${exact}`);
    expect(screen.queryByText(/The file has no name/)).toBeNull();
  });

  it('into a folder is said so, with what came along and what was here', async () => {
    page((host) => {
      const view = structuredClone(installed);
      view.format = 'ociLayout';
      view.progress.reused = 27_800_000;
      if (view.install?.result) {
        view.install.signatures = true;
        const [image] = view.install.result.images;
        if (image) image.beside = 2;
        const { reference } = view;
        view.install.chosen = [{ reference, digest: 'sha256:c41b', made: true, zstd: false }];
      }
      host.view = view;
      host.file = { ...host.file, dockerLoad: null, shown: '~/images' };
    });
    await screen.findByRole('button', { name: 'Show folder' });
    expect(screen.getByText('2 signatures or attestations beside it')).toBeVisible();
    expect(screen.getByText(/no registry has this digest/)).toBeVisible();
    expect(screen.getByRole('img', { name: 'Bytes' })).toHaveAccessibleDescription(
      '48.2 MB fetched, 27.8 MB already here',
    );
    expect(await screen.findByText(/^Docker loads files only/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Copy load command' })).toBeNull();
    await userEvent.click(screen.getByRole('tab', { name: 'Podman' }));
    expect(screen.getByText(/^podman load -i/)).toBeVisible();
    await accessible();
  });

  it('says both kinds of bytes while it comes', async () => {
    page((host) => (host.view = structuredClone(installing)));
    expect(await screen.findByText('25.9 MB fetched, 0 B already here')).toBeVisible();
  });

  it('says that the file is gone', async () => {
    page((host) => {
      host.view = structuredClone(installed);
      host.file = { ...host.file, there: false };
    });
    expect(await screen.findByText('The file was moved or deleted.')).toBeVisible();
    expect(button('Show file')).toHaveAttribute('aria-disabled', 'true');
  });

  it('tells why it failed, and begins once more', async () => {
    const host = page((host) => {
      host.view = structuredClone({
        ...installing,
        progress: { ...installing.progress, state: 'failed' },
        failure: failureExample('rateLimited'),
      });
    });
    await screen.findByRole('heading', { level: 1, name: 'Failed' });
    expect(screen.getByText(/25.9 MB that were fetched/)).toBeVisible();
    await accessible();
    await userEvent.click(button('Try again'));
    expect(asked(host, 'installAgain')).toEqual([[1]]);
    expect(router.current).toEqual({ page: 'installJob', job: 2 });
  });

  it('goes on when it is done while somebody looks, and is announced as installed', async () => {
    const host = page((host) => (host.view = structuredClone(installing)));
    await screen.findByRole('heading', { level: 1, name: 'Installing' });
    announcer.forget();
    host.job?.({ kind: 'snapshot', job: structuredClone(installed) });
    await screen.findByRole('heading', { level: 2, name: 'Installed and verified' });
    expect(announcer.polite).toBe('monalisa 2.4.0 is installed and verified');
  });
});

describe('installs in Activity', () => {
  beforeEach(() => router.go({ page: 'activity' }));

  it('are named for what they do, and lead to Install', async () => {
    const row = { kind: 'install', reference: `${NAME}:2.4.0` } as const;
    const host = page((host) => {
      host.view = structuredClone(installing);
      host.active = [jobRow(3, { ...row, progress: installing.progress })];
      host.past = [jobRow(2, { ...row, progress: installed.progress, ended: 1, verified: true })];
    });
    const active = await screen.findByRole('list', { name: 'Active' });
    const item = within(active).getByRole('listitem', { name: `Install ${NAME}:2.4.0` });
    within(item).getByRole('progressbar', { name: `Installing ${NAME}:2.4.0` });
    expect(within(item).getByRole('link')).toHaveAttribute('href', '#/install/3');
    await userEvent.click(await screen.findByRole('button', { name: 'Install again' }));
    expect(asked(host, 'installAgain')).toEqual([[2]]);
    await waitFor(() => expect(router.current).toEqual({ page: 'installJob', job: 3 }));
  });
});
