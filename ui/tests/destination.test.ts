// The form by its details: what is offered, what the rules say and when, and what a fix does.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { listed, opened, preflight } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { scenes } from '../src/backend/fake-scenes';
import type { PreflightView, SuggestionView } from '../src/bindings/view';
import { accessible, page } from './page';

const filled = (host: FakeHost) => {
  host.openArgument = () => Promise.resolve(opened);
};
const errors = (host: FakeHost) => scenes['errors']?.(host);
const field = (name: string | RegExp) => screen.findByRole('textbox', { name });

describe('owners and repositories', () => {
  it.each([
    ['owner', 'Owner', 'Owners'],
    ['repository', /^Repository/, 'Repositories'],
  ] as const)('are chosen from a list: %s', async (name, label, list) => {
    const host = page(filled);
    const input = await field(label);
    const arrow = screen.getByRole('button', { name: `Choose ${name}` });
    await userEvent.click(arrow);
    const listbox = await screen.findByRole('listbox', { name: list });
    expect(arrow).toHaveAttribute('aria-expanded', 'true');
    await accessible();
    await userEvent.click(within(listbox).getByRole('option', { name: 'octocat' }));
    await waitFor(() => expect(input).toHaveValue('octocat'));
    expect(input).toHaveFocus();
    expect(host.asked.find((it) => it.name === 'suggestions')?.values[1]).toBe(name);
  });

  it('are joined by the images and versions that are there', async () => {
    const host = page(filled);
    host.listedSuggestions = (_, field) =>
      Promise.resolve(
        field === 'version'
          ? [{ value: '2.3.1', from: 'registry' }]
          : [{ value: 'tools/hubot', from: 'gitHub' }],
      );
    host.suggestions = () => Promise.resolve([]);
    const name = await field('Image name');
    await userEvent.click(screen.getByRole('button', { name: 'Choose image name' }));
    const images = await screen.findByRole('listbox', { name: 'Existing images' });
    await userEvent.click(await within(images).findByRole('option', { name: 'tools/hubot' }));
    await waitFor(() => expect(name).toHaveValue('tools/hubot'));

    const version = await field('Version');
    await userEvent.type(version, '2.3');
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    const versions = await screen.findByRole('listbox', { name: 'Existing versions' });
    await accessible();
    await userEvent.click(await within(versions).findByRole('option', { name: '2.3.1' }));
    await screen.findByRole('button', { name: 'Remove version 2.3.1' });
    expect(version).toHaveValue('');
    expect(screen.queryByRole('button', { name: 'Remove version 2.3' })).toBeNull();
  });

  it('are chosen by keyboard, and left by Esc', async () => {
    page(filled);
    const owner = await field('Owner');
    // Who opens an image is led to what comes next; then people go where they like.
    await waitFor(() => expect(document.getElementById('publish-button')).toHaveFocus());
    owner.focus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    const listbox = await screen.findByRole('listbox', { name: 'Owners' });
    await waitFor(() =>
      expect(within(listbox).getByRole('option', { selected: true })).toHaveFocus(),
    );
    await userEvent.keyboard('{Escape}');
    expect(owner).toHaveFocus();
    expect(owner).toHaveValue('octo-org');
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await screen.findByRole('listbox', { name: 'Owners' });
    await userEvent.keyboard('{Home}{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(owner).toHaveValue('monalisa'));
    await userEvent.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(owner).toHaveValue('octo-org'));
  });
});

describe('what GitHub lists', () => {
  const list = (name = 'Owners') => screen.findByRole('listbox', { name });
  const options = async () =>
    within(await list())
      .getAllByRole('option')
      .map((option) => option.getAttribute('aria-label'));

  it('comes after what is known already, each once, and says where it is from', async () => {
    let answer: (found: SuggestionView[]) => void = () => undefined;
    const host = page((host) => {
      filled(host);
      host.listedSuggestions = () => new Promise((done) => (answer = done));
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Choose owner' }));
    // Nobody waits for GitHub.
    expect(await options()).toEqual(['octocat', 'octo-org', 'monalisa']);
    const focused = document.activeElement;
    answer([...listed, ...listed]);
    await waitFor(async () =>
      expect(await options()).toEqual([
        'octocat',
        'octo-org',
        'monalisa',
        'octo-labs',
        'atom-labs',
      ]),
    );
    expect(document.activeElement).toBe(focused);
    const option = (name: string) => screen.getByRole('option', { name });
    expect(option('octo-labs')).toHaveAccessibleDescription('from GitHub');
    expect(option('octo-org')).toHaveAccessibleDescription('published before');
    await accessible();
    await userEvent.click(option('atom-labs'));
    await waitFor(async () => expect(await field('Owner')).toHaveValue('atom-labs'));
    expect(host.asked.filter((it) => it.name === 'suggestions')).toHaveLength(1);
  });

  it.each([
    ['owner', 'Owner'],
    ['repository', /^Repository/],
  ] as const)('is asked for the field and the form: %s', async (name, label) => {
    const host = page((host) => {
      filled(host);
      host.listed = listed;
    });
    await field(label);
    await userEvent.click(screen.getByRole('button', { name: `Choose ${name}` }));
    await screen.findByRole('option', { name: 'octo-labs' });
    const asked = host.asked.find((it) => it.name === 'listedSuggestions');
    expect(asked?.values).toMatchObject([{ owner: 'octo-org' }, name]);
  });

  it('is searched by typing, which goes on in the field', async () => {
    page((host) => {
      filled(host);
      host.listed = listed;
    });
    const owner = await field('Owner');
    await userEvent.click(screen.getByRole('button', { name: 'Choose owner' }));
    await screen.findByRole('option', { name: 'octo-labs' });
    await userEvent.keyboard('lab');
    expect(owner).toHaveFocus();
    expect(owner).toHaveValue('lab');
    await waitFor(async () => expect(await options()).toEqual(['octo-labs', 'atom-labs']));
    await accessible();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(owner).toHaveValue('atom-labs'));
    expect(screen.queryByRole('listbox')).toBeNull();
  });

  it('is narrowed to what was typed before the list opened, and free text stays', async () => {
    page((host) => {
      filled(host);
      host.listed = listed;
    });
    const owner = await field('Owner');
    await userEvent.clear(owner);
    await userEvent.type(owner, 'octo-');
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(async () => expect(await options()).toEqual(['octo-org', 'octo-labs']));
    await userEvent.keyboard('{Escape}');
    expect(owner).toHaveFocus();
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await list();
    await userEvent.click(owner);
    await userEvent.type(owner, 'zzz');
    await screen.findByText('Nothing is known to choose from. Type it.');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByText(/^Nothing is known/)).toBeNull());
    expect(owner).toHaveValue('octo-zzz');
    // Whoever goes elsewhere leaves no list behind.
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await list();
    (await field('Image name')).focus();
    await waitFor(() => expect(screen.queryByRole('listbox')).toBeNull());
  });

  it('is the only list where nothing is known, and then has the focus', async () => {
    let answer: (found: SuggestionView[]) => void = () => undefined;
    page((host) => {
      filled(host);
      host.suggestions = () => Promise.resolve([]);
      host.listedSuggestions = () => new Promise((done) => (answer = done));
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Choose repository' }));
    await screen.findByText('Asking GitHub…');
    answer([{ value: 'octo-org/octo-app', from: 'gitHub' }]);
    const option = await screen.findByRole('option', { name: 'octo-org/octo-app' });
    await waitFor(() => expect(option).toHaveFocus());
  });

  it('fails without a word, and comes too late without harm', async () => {
    const answers: ((found: SuggestionView[]) => void)[] = [];
    let fails = true;
    page((host) => {
      filled(host);
      host.listedSuggestions = () =>
        fails ? Promise.reject(new Error('no network')) : new Promise((done) => answers.push(done));
    });
    const arrow = await screen.findByRole('button', { name: 'Choose owner' });
    await userEvent.click(arrow);
    expect(await options()).toEqual(['octocat', 'octo-org', 'monalisa']);
    expect(screen.queryAllByRole('alert').map((it) => it.textContent)).toEqual(['']);
    await userEvent.keyboard('{Escape}');
    fails = false;
    await userEvent.click(arrow);
    await list();
    await userEvent.keyboard('{Escape}');
    answers[0]?.(listed);
    await new Promise((done) => setTimeout(done));
    expect(screen.queryByRole('listbox')).toBeNull();
    await userEvent.click(arrow);
    expect(await options()).toEqual(['octocat', 'octo-org', 'monalisa']);
  });
});

it('a repository that was renamed is said to be, with its new name to take', async () => {
  page((host) => {
    filled(host);
    host.preflight = (draft) =>
      Promise.resolve({
        ...preflight,
        checks: [
          {
            id: 'repo.renamed',
            state: 'warning',
            params: { x: 'octo-org/new-app' },
            fix: {
              kind: 'use',
              value: 'octo-org/new-app',
              draft: { ...draft, repository: 'octo-org/new-app' },
            },
            field: 'repository',
          },
        ],
      });
  });
  await screen.findByText('The repository is called octo-org/new-app now.');
  await userEvent.click(screen.getByRole('button', { name: 'Use “octo-org/new-app”' }));
  await waitFor(async () => expect(await field(/^Repository/)).toHaveValue('octo-org/new-app'));
});

describe('what the rules say', () => {
  it('is shown at once for what the file filled in', async () => {
    page(errors);
    const owner = await field('Owner');
    await waitFor(() => expect(owner).toHaveAccessibleDescription(/^Lower-case letters only\./));
    expect(owner).toHaveAttribute('aria-invalid', 'true');
    const version = await field('Version');
    expect(version).toHaveAccessibleDescription(/^A digest can’t be a version\./);
    await accessible();
  });

  it('is led to from the list of checks', async () => {
    page(errors);
    const checks = await screen.findByRole('list', { name: 'Checks' });
    await userEvent.click(
      await within(checks).findByRole('button', { name: 'A digest can’t be a version.' }),
    );
    await waitFor(async () => expect(await field('Version')).toHaveFocus());
  });

  it('offers the other registry once for all that it would take', async () => {
    page(errors);
    const region = await screen.findByRole('region', { name: 'Pre-flight' });
    await within(region).findByText('ghcr.io accepts foreign layers and 10 GB a layer');
    const fix = within(region).getByRole('button', { name: 'Switch to ghcr.io' });
    await userEvent.click(fix);
    await waitFor(() => expect(screen.getByRole('radio', { name: 'ghcr.io' })).toBeChecked());
  });

  it('offers to fill all fields from a whole reference', async () => {
    page((host) => {
      filled(host);
      host.fillReference = (draft) =>
        Promise.resolve({ ...draft, registry: 'docker.pkg.github.com', imageName: 'pasted' });
    });
    const name = await field('Image name');
    await userEvent.click(name);
    await userEvent.paste('docker.pkg.github.com/octo-org/octo-app/pasted:1');
    await userEvent.click(await screen.findByRole('button', { name: 'Fill in all fields' }));
    await waitFor(() => expect(name).toHaveValue('pasted'));
    expect(name).toHaveFocus();
    expect(screen.getByRole('radio', { name: 'docker.pkg.github.com Legacy' })).toBeChecked();
  });
});

describe('the checks', () => {
  it('begin with their state, each of the five', async () => {
    let answer: (view: PreflightView) => void = () => undefined;
    page((host) => {
      filled(host);
      host.preflight = () => new Promise((done) => (answer = done));
    });
    const checks = await screen.findByRole('list', { name: 'Checks' });
    const texts = () =>
      within(checks)
        .getAllByRole('listitem')
        .map((item) => item.textContent.trim());
    expect(new Set(texts().map((text) => text.split(':')[0]))).toEqual(new Set(['Checking']));
    const [first, ...others] = preflight.checks;
    if (!first) throw new Error('a check');
    await waitFor(() => expect(checks).toHaveAttribute('aria-busy', 'true'));
    await waitFor(() => {
      answer({ ...preflight, checks: [{ ...first, state: 'problem' }, first, ...others] });
      expect(texts()[0]).toMatch(/^Problem/);
    });
    const states = texts().map((text) => text.split(':')[0]);
    expect([...new Set(states)]).toEqual(['Problem', 'Warning', 'Passed', 'Not checked']);
  });

  it('run when Enter is pressed in a field, and nothing is published', async () => {
    const host = page(filled);
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    const count = () => host.asked.filter((it) => it.name === 'preflight').length;
    const before = count();
    await userEvent.type(await field('Owner'), '{Enter}');
    await waitFor(() => expect(count()).toBeGreaterThan(before));
    expect(host.asked.some((it) => it.name === 'publish')).toBe(false);
  });

  it('leave a version out that would move, and take that back', async () => {
    page(filled);
    await userEvent.click(await screen.findByRole('button', { name: 'Leave it' }));
    const versions = screen.getByRole('list', { name: 'Versions' });
    await waitFor(() => expect(versions).not.toHaveTextContent('latest'));
    expect(screen.getByRole('list', { name: 'Checks' })).toHaveFocus();
    await userEvent.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(versions).toHaveTextContent('latest'));
  });
});

describe('a version', () => {
  it('becomes one of the list when its field is left, not when the window is', async () => {
    page(filled);
    const input = await field('Version');
    const versions = screen.getByRole('list', { name: 'Versions' });
    await userEvent.type(input, '3.0');
    // Another window comes to the front: the field stays the one with the focus.
    input.dispatchEvent(new FocusEvent('blur'));
    expect(versions).not.toHaveTextContent('3.0');
    expect(input).toHaveValue('3.0');
    await userEvent.tab();
    await waitFor(() => expect(versions).toHaveTextContent('3.0'));
  });
});

describe('the account', () => {
  it('is a menu once there is one', async () => {
    const host = page((host) => {
      scenes['busy']?.(host);
      host.active = [];
      host.have(account('octocat', { isDefault: true }), account('monalisa'));
    });
    const button = await screen.findByRole('button', { name: 'Account: octocat github.com' });
    await userEvent.click(button);
    const menu = await screen.findByRole('menu', { name: 'Account: octocat github.com' });
    await accessible();
    within(menu).getByRole('menuitemradio', { name: 'octocat', checked: true });
    within(menu).getByRole('menuitemradio', { name: 'monalisa', checked: false });
    await userEvent.click(within(menu).getByRole('menuitem', { name: 'Add account…' }));
    await screen.findByRole('dialog', { name: 'Add account' });
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await userEvent.click(button);
    await userEvent.click(await screen.findByRole('menuitemradio', { name: 'monalisa' }));
    await screen.findByRole('button', { name: 'Account: monalisa github.com' });
    expect(host.asked.find((it) => it.name === 'useAccount')?.values).toEqual([
      'monalisa@github.com',
    ]);
    await userEvent.click(screen.getByRole('button', { name: /^Account: / }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Manage accounts' }));
    await screen.findByRole('heading', { name: 'Accounts', level: 1 });
  });
});

it('says the whole reference once typing rests', async () => {
  page(filled);
  const status = await screen.findByRole('status', { name: 'Full reference' });
  await waitFor(() => expect(status).toHaveTextContent('ghcr.io/octo-org/monalisa:2.4.0'));
  await userEvent.type(await field('Image name'), '-x');
  await waitFor(() => expect(status).toHaveTextContent('ghcr.io/octo-org/monalisa-x:2.4.0'));
});

it('names images of a file that have no name', async () => {
  const [first] = opened.images;
  if (!first) throw new Error('an image');
  page((host) => {
    const second = { ...first, selector: '@1', names: [] };
    host.openArgument = () => Promise.resolve({ ...opened, images: [first, second] });
  });
  const images = await screen.findByRole('list', { name: 'Images in this file' });
  within(images).getByRole('checkbox', { name: 'Publish Image 2' });
  within(images).getByRole('button', { name: 'Image 2' });
});

describe('versions', () => {
  it('offer those that usually move along, each a click away', async () => {
    const host = page((stand) => {
      filled(stand);
      stand.along = ['2.4', '2'];
    });
    const group = await screen.findByRole('group', { name: 'Usual companions' });
    await accessible();
    await userEvent.click(within(group).getByRole('button', { name: 'Also as 2.4' }));
    await screen.findByRole('button', { name: 'Remove version 2.4' });
    expect(await field('Version')).toHaveFocus();
    expect(within(group).queryByRole('button', { name: 'Also as 2.4' })).toBeNull();
    const asked = () => host.asked.filter(({ name }) => name === 'companions');
    await waitFor(() =>
      expect(asked().at(-1)?.values[0]).toMatchObject({ versions: ['2.4.0', 'latest', '2.4'] }),
    );
  });

  it('that move show what they name and what differs, read once somebody opens it', async () => {
    const host = page(filled);
    const open = await screen.findByRole('button', { name: 'Differences of latest' });
    const asked = () => host.asked.filter(({ name }) => name === 'differences').length;
    expect(asked()).toBe(0);
    const differences = host.differences;
    host.differences = async (...all) => {
      const found = await differences(...all);
      const variables = { part: 'variables', gone: ['OLD'], come: [], changed: ['TOKEN'] } as const;
      const config = [{ ...variables, gone: ['OLD'], come: [], changed: ['TOKEN'] }];
      return { ...found, comparison: found.comparison && { ...found.comparison, config } };
    };
    await userEvent.click(open);
    const row = open.closest('li');
    await waitFor(() => expect(row).toHaveTextContent(/In common\s*4 layers, /));
    expect(row).toHaveTextContent(/Only in this image\s*2 layers, /);
    expect(row).toHaveTextContent(/Variables\s*gone:\s*−\s*OLD\s*TOKEN\s*has another value/);
    await accessible();
    await userEvent.click(open);
    await userEvent.click(open);
    expect(asked()).toBe(1);
  });
});
