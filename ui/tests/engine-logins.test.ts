// Docker and Podman with an account's token: signed in by their own programs, or asking Slipway's keychain.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import type { Account } from '../src/bindings/view';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, page } from './page';

const asked = (host: FakeHost, name: string) =>
  host.asked.filter((it) => it.name === name).map((it) => it.values);
const button = (name: string) => screen.findByRole('button', { name });
const withOne = (change: Partial<Account>, more: (host: FakeHost) => void = () => undefined) =>
  page((host) => {
    host.have(account('octocat', { isDefault: true, ...change }));
    more(host);
  });

async function opened() {
  await userEvent.click(await button('Sign in Docker and Podman too…'));
  const dialog = await screen.findByRole('dialog', { name: 'Sign in Docker and Podman too' });
  await within(dialog).findByText('Docker');
  return dialog;
}

beforeEach(() => {
  router.go({ page: 'accounts', account: '' });
  overlay.open = undefined;
});

describe('Docker and Podman', () => {
  it('are signed in too, a plain file only with a tick', async () => {
    const host = withOne({});
    await userEvent.click(await button('Sign in Docker and Podman too…'));
    const dialog = await screen.findByRole('dialog', { name: 'Sign in Docker and Podman too' });
    await within(dialog).findByText('It keeps the token in secretservice.');
    within(dialog).getByText(/auth\.json, a plain file that every program/);
    await accessible();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Sign in Docker' }));
    await within(dialog).findByText('Signed in', { selector: 'span' });
    const podman = within(dialog).getByRole('button', { name: 'Sign in Podman' });
    expect(podman).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(podman);
    await userEvent.click(
      within(dialog).getByRole('checkbox', { name: 'Let Podman keep it in a plain file' }),
    );
    await userEvent.click(podman);
    await waitFor(() =>
      expect(asked(host, 'signInEngine')).toEqual([
        ['octocat@github.com', 'docker', false],
        ['octocat@github.com', 'podman', true],
      ]),
    );
  });

  it('say why it did not work', async () => {
    withOne({}, (host) => {
      host.signInEngine = () =>
        Promise.reject({ code: 'output.failed', message: '', params: {} } as never);
    });
    await userEvent.click(await button('Sign in Docker and Podman too…'));
    await userEvent.click(await button('Sign in Docker'));
    const dialog = screen.getByRole('dialog', { name: 'Sign in Docker and Podman too' });
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'The disk may be full, or the folder is protected.',
    );
  });

  it('ask Slipway instead, which is undone as easily', async () => {
    const host = withOne({});
    const dialog = await opened();
    const instead = within(dialog).getByRole('region', { name: 'Keep no token there' });
    within(instead).getByText(
      /Only credHelpers in \/home\/octocat\/\.docker\/config\.json is changed/,
    );
    await userEvent.click(within(instead).getByRole('button', { name: 'Let them ask Slipway' }));
    await within(instead).findByText('They ask Slipway for ghcr.io and docker.pkg.github.com.');
    expect(asked(host, 'letDockerAsk')).toEqual([['octocat@github.com']]);
    expect(within(dialog).getAllByText('It asks Slipway, so it is signed in.')).toHaveLength(2);
    expect(within(dialog).queryByRole('button', { name: 'Sign in Podman' })).toBeNull();
    await accessible();
    await userEvent.click(within(instead).getByRole('button', { name: 'Undo' }));
    await within(instead).findByRole('button', { name: 'Let them ask Slipway' });
    expect(asked(host, 'letDockerBe')).toEqual([[]]);
    await within(dialog).findByRole('button', { name: 'Sign in Podman' });
  });

  it('say what stands before it, and why it did not work', async () => {
    withOne({}, (host) => {
      host.asks = {
        ...host.asks,
        registries: ['ghcr.io'],
        podman: [],
        plain: ['ghcr.io'],
      };
      host.letDockerBe = () =>
        Promise.reject({ code: 'output.failed', message: '', params: {} } as never);
    });
    const dialog = await opened();
    const instead = within(dialog).getByRole('region', { name: 'Keep no token there' });
    expect(instead).toHaveTextContent('Podman has a login of its own for ghcr.io');
    expect(instead).toHaveTextContent('The file still holds a token for ghcr.io');
    await userEvent.click(within(instead).getByRole('button', { name: 'Undo' }));
    expect(await within(instead).findByRole('alert')).toHaveTextContent('The disk may be full');
  });

  it('cannot ask for a token that is not in the keychain', async () => {
    withOne({ storage: { place: 'thisRun' } });
    const dialog = await opened();
    await within(dialog).findByText('It keeps the token in secretservice.');
    expect(within(dialog).queryByRole('region', { name: 'Keep no token there' })).toBeNull();
  });
});
