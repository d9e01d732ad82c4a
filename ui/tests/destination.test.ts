// The form by its details: what is offered, what the rules say and when, and what a fix does.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { PreflightView } from '../src/bindings/view';
import type { FakeHost } from '../src/host/fake';
import { opened, preflight } from '../src/host/fake';
import { scenes } from '../src/host/fake-scenes';
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

describe('the account', () => {
  it('is a menu once there is one', async () => {
    const host = page((host) => {
      scenes['busy']?.(host);
      host.active = [];
    });
    const button = await screen.findByRole('button', { name: 'Account: octocat ghcr.io' });
    await userEvent.click(button);
    const menu = await screen.findByRole('menu', { name: 'Account: octocat ghcr.io' });
    await accessible();
    within(menu).getByRole('menuitem', { name: 'octocat' });
    await userEvent.click(within(menu).getByRole('menuitem', { name: 'Add account…' }));
    await screen.findByRole('textbox', { name: 'User name' });
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await userEvent.click(button);
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    await waitFor(() => expect(host.asked.some((it) => it.name === 'signOut')).toBe(true));
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
