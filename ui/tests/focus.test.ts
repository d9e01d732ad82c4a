// Where the focus goes, and what the keys that move a page do from there.

import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { opened } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { router } from '../src/shell/router.svelte';
import { toast } from '../src/shell/toast.svelte';
import { atRest, page } from './page';

const filled = (host: FakeHost) => {
  host.openArgument = () => Promise.resolve(opened);
};
const title = (name: string) => screen.findByRole('heading', { name, level: 1 });

beforeEach(() => router.go({ page: 'publish' }));

describe('the keys that move a page', () => {
  /** A page of 2000 pixels in a window of 340. */
  function high(): HTMLElement {
    const main = screen.getByRole('main');
    Object.defineProperty(main, 'scrollHeight', { value: 2000 });
    Object.defineProperty(main, 'clientHeight', { value: 340 });
    return main;
  }

  it('do so from its title, which has the focus after every change of page', async () => {
    page(filled);
    await screen.findByRole('region', { name: 'Destination' });
    router.go({ page: 'job', job: 1 });
    const heading = await title('Publishing');
    await waitFor(() => expect(heading).toHaveFocus());
    const main = high();
    await userEvent.keyboard('{PageDown}');
    expect(main.scrollTop).toBe(300);
    await userEvent.keyboard(' ');
    expect(main.scrollTop).toBe(600);
    await userEvent.keyboard('{Shift>} {/Shift}{PageUp}');
    expect(main.scrollTop).toBe(0);
  });

  it('press what Space presses, and write where somebody writes', async () => {
    page(filled);
    const button = await screen.findByRole('button', { name: 'Search or run a command' });
    await atRest();
    const main = high();
    button.focus();
    await userEvent.keyboard('{PageDown}');
    expect(main.scrollTop).toBe(300);
    const field = screen.getByRole('textbox', { name: 'Owner' });
    field.focus();
    await userEvent.keyboard('{End} {PageDown}');
    expect(field).toHaveValue('octo-org ');
    button.focus();
    await userEvent.keyboard(' ');
    await screen.findByRole('dialog', { name: 'Search or run a command' });
    expect(main.scrollTop).toBe(300);
  });
});

describe('after an account was added', () => {
  const signIn = async (host: FakeHost) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Add account…' }));
    await screen.findByRole('dialog', { name: 'Add account' });
    await atRest();
    host.have(account('octocat', { isDefault: true }));
    return host.accountsNow();
  };
  const button = () => screen.findByRole('button', { name: 'Account: octocat github.com' });

  it('the focus is at the account, whether the form hears of it before the dialog closes', async () => {
    const host = page(filled);
    const view = await signIn(host);
    host.pushAccounts?.(view);
    await button();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(async () => expect(await button()).toHaveFocus());
  });

  it('or after that', async () => {
    const host = page(filled);
    const view = await signIn(host);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    host.pushAccounts?.(view);
    await waitFor(async () => expect(await button()).toHaveFocus());
  });
});

it('the focus is after Undo where it was', async () => {
  page(filled);
  const field = await screen.findByRole('textbox', { name: 'Image name' });
  await atRest();
  for (const name of ['Undo', 'Close']) {
    field.focus();
    toast.show('Setting changed', () => undefined);
    const button = await screen.findByRole('button', { name });
    // A pointer gives a button the focus, too.
    await userEvent.click(button);
    expect(button).not.toBeInTheDocument();
    await waitFor(() => expect(field).toHaveFocus());
  }
});
