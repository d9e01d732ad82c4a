import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { jobRow, opened, preflight } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { recents } from '../src/backend/fake-scenes';
import type { DragItem } from '../src/bindings/view';
import { overlay } from '../src/shell/overlay.svelte';
import { router, SECTIONS } from '../src/shell/router.svelte';
import { accessible, page } from './page';

const filled = (host: FakeHost) => {
  host.openArgument = () => Promise.resolve(opened);
};
const title = (name: string) => screen.findByRole('heading', { name, level: 1 });
const asked = (host: FakeHost, name: string) => host.asked.filter((it) => it.name === name);
const control = (key: string) => userEvent.keyboard(`{Control>}${key}{/Control}`);

/** Whether the window would do what it does with a key itself. */
const leftToWindow = (key: string, ctrlKey: boolean) =>
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, cancelable: true }));

beforeEach(() => {
  router.go({ page: 'publish' });
  overlay.open = undefined;
});

describe('the frame', () => {
  it('has its parts under their names', async () => {
    page((host) => (host.active = [jobRow(1), jobRow(2)]));
    await title('Publish');
    const rail = screen.getByRole('navigation', { name: 'Main' });
    const activity = within(rail).getByRole('link', { name: 'Activity' });
    expect(activity).toHaveAccessibleDescription('2 active');
    expect(within(rail).getByRole('link', { current: 'page' })).toHaveTextContent('Publish');
    within(rail).getByRole('link', { name: 'Accounts' });
    within(rail).getByRole('link', { name: 'Settings' });
    expect(screen.getByRole('main', { name: 'Publish' })).toBeVisible();
    screen.getByRole('button', { name: 'Search or run a command' });
    const bar = screen.getByRole('contentinfo', { name: 'Status bar' });
    within(bar).getByRole('link', { name: 'Online' });
    screen.getByRole('status', { name: 'Announcements' });
    screen.getByRole('alert', { name: 'Urgent announcements' });
    await accessible();
  });

  it('tells which hosts answered, and that there is no connection', async () => {
    page(filled);
    const link = await screen.findByRole('link', { name: 'Online' });
    expect(link).toHaveAccessibleDescription('No registry was asked yet');
    await waitFor(() => expect(link).toHaveAccessibleDescription(/^ghcr\.io answered at /));
    window.dispatchEvent(new Event('offline'));
    await screen.findByRole('link', { name: 'Offline' });
    window.dispatchEvent(new Event('online'));
    await screen.findByRole('link', { name: 'Online' });
  });

  it('says on every page what is elsewhere than its name says', async () => {
    const led = { part: 'api', address: 'api.evil.test', credentials: false } as const;
    page((host) => {
      host.registryViews = host.registryViews.map((one) =>
        one.legacy ? { ...one, overridden: led } : one,
      );
    });
    const sign = /^API of docker\.pkg\.github\.com is api\.evil\.test$/;
    for (const name of ['Publish', 'Activity', 'Accounts', 'Settings']) {
      await userEvent.click(await screen.findByRole('link', { name }));
      await title(name);
      expect(await screen.findByText(sign)).toBeVisible();
      screen.getByText(/Only a token given for this run is used there\./);
    }
    // A job's page, whatever becomes of it.
    router.go({ page: 'job', job: 1 });
    await title('Publishing');
    expect(screen.getByText(sign)).toBeVisible();
    for (const section of SECTIONS) {
      router.go({ page: 'settings', section });
      await title('Settings');
      expect(await screen.findByText(sign)).toBeVisible();
    }
  });

  it('leads from the status bar to the running job', async () => {
    page((host) => (host.active = [jobRow(1)]));
    await userEvent.click(
      await screen.findByRole('link', { name: /^Publishing monalisa:2\.4\.0/ }),
    );
    await title('Publishing');
  });

  it('names whoever keeps silent for as long as they do', async () => {
    const host = page();
    await title('Publish');
    await waitFor(() => expect(host.silence).toBeDefined());
    host.silence?.('ghcr.io');
    const bar = screen.getByRole('contentinfo', { name: 'Status bar' });
    await within(bar).findByText('Waiting for ghcr.io…');
    await accessible();
    host.silence?.(null);
    await waitFor(() => expect(within(bar).queryByText(/Waiting/)).toBeNull());
  });

  it('goes to the job that a notification was about', async () => {
    const host = page();
    await title('Publish');
    host.openJob?.(1);
    await title('Publishing');
  });

  it('goes to the account that a notification was about', async () => {
    const host = page((host) => {
      host.have(account('octocat', { isDefault: true }), account('monalisa'));
    });
    await title('Publish');
    await waitFor(() => expect(host.openAccount).toBeDefined());
    host.openAccount?.('monalisa@github.com');
    await title('Accounts');
    await screen.findByRole('heading', { name: 'monalisa', level: 2 });
    expect(location.hash).toBe('#/accounts/monalisa%40github.com');
  });

  it('begins each page at its title, the form too when one comes back from a job', async () => {
    page(filled);
    await screen.findByRole('region', { name: 'Destination' });
    router.go({ page: 'job', job: 1 });
    const publishing = await title('Publishing');
    await waitFor(() => expect(publishing).toHaveFocus());
    await control('1');
    const publish = await title('Publish');
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    await waitFor(() => expect(publish).toHaveFocus());
  });

  it('never loses the focus when what has it goes away', async () => {
    page(filled);
    const fix = await screen.findByRole('button', { name: 'Leave it' });
    fix.focus();
    fix.remove();
    await waitFor(() => expect(document.body).not.toHaveFocus());
  });
});

describe('the keys', () => {
  it('go to every page', async () => {
    page();
    await title('Publish');
    await control('2');
    await title('Activity');
    await control('6');
    await title('Accounts');
    await control('7');
    await title('Settings');
    await control('1');
    await title('Publish');
    await control(',');
    await title('Settings');
  });

  it('choose an image from any page', async () => {
    router.go({ page: 'activity' });
    const host = page();
    await title('Activity');
    await control('o');
    await screen.findByRole('region', { name: 'Destination' });
    expect(asked(host, 'chooseImage')).toHaveLength(1);
  });

  it('do the main action of the page', async () => {
    const host = page();
    await title('Publish');
    await control('{Enter}');
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    expect(asked(host, 'chooseImage')).toHaveLength(1);
    await control('{Enter}');
    await title('Publishing');
    expect(asked(host, 'publish')).toHaveLength(1);
  });

  it('check again, and never load the page anew', async () => {
    const host = page();
    await title('Publish');
    expect(leftToWindow('r', true)).toBe(false);
    expect(leftToWindow('F5', false)).toBe(false);
    expect(asked(host, 'preflight')).toHaveLength(0);
    await control('o');
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    const before = asked(host, 'preflight').length;
    await control('r');
    await waitFor(() => expect(asked(host, 'preflight')).toHaveLength(before + 1));
    await control('k');
    await screen.findByRole('combobox', { name: 'Command' });
    expect(leftToWindow('r', true)).toBe(false);
    expect(asked(host, 'preflight')).toHaveLength(before + 1);
  });

  it('pause the only job and go on with it', async () => {
    const host = page((host) => (host.active = [jobRow(4)]));
    await title('Publish');
    await control('.');
    expect(asked(host, 'pauseJob')[0]?.values).toEqual([4]);
    const { progress } = jobRow(4);
    host.activity?.({
      active: [jobRow(4, { progress: { ...progress, state: 'paused' } })],
      ended: 0,
    });
    await control('.');
    await waitFor(() => expect(asked(host, 'resumeJob')[0]?.values).toEqual([4]));
  });

  it('go round the regions of the window', async () => {
    page(filled);
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    screen.getByRole('link', { name: 'Publish' }).focus();
    const regions = [];
    for (let step = 0; step < 5; step++) {
      await userEvent.keyboard('{F6}');
      const region = document.activeElement?.closest('[data-region], main');
      regions.push(region?.getAttribute('data-region') ?? region?.localName);
    }
    expect(regions).toEqual(['header', 'main', 'actions', 'status', 'rail']);
    await userEvent.keyboard('{Shift>}{F6}{/Shift}');
    expect(screen.getByRole('link', { name: 'Online' })).toHaveFocus();
  });
});

describe('a drag', () => {
  const item: DragItem = { name: 'a.tar', size: 1000, kind: 'tar', file: 1, refused: null };
  const zip: DragItem = { ...item, name: 'b.zip', kind: null, file: null, refused: 'file.zip' };
  const over = (host: FakeHost, items: DragItem[], more = 0) =>
    host.drag?.({ phase: 'over', more, items });

  it('says what it would replace, and how many are too many', async () => {
    const host = page(filled);
    await screen.findByRole('region', { name: 'Destination' });
    over(host, [item, zip], 3);
    await screen.findByRole('heading', { name: 'Drop to replace monalisa-2.4.0.tar' });
    screen.getByText(/3 more are refused/);
    screen.getByText(/4 of 5 files will be left out/);
    over(host, [item, { ...item, name: 'c.tar', file: 2 }]);
    await screen.findByRole('heading', { name: 'Drop to open 2 images' });
    over(host, [zip]);
    await screen.findByRole('heading', { name: 'Nothing here is an image' });
  });

  it('is cancelled by Esc', async () => {
    const host = page();
    await title('Publish');
    over(host, [item]);
    await screen.findByRole('heading', { name: 'Drop to open 1 image' });
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('heading', { name: /^Drop to/ })).toBeNull());
    host.drag?.({ phase: 'dropped', more: 0, items: [item] });
    expect(asked(host, 'openDropped')).toEqual([]);
  });

  it('is refused while a dialog is open', async () => {
    const host = page();
    await title('Publish');
    await control('/');
    await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    over(host, [item]);
    await screen.findByRole('heading', { name: 'Close this dialog first' });
    host.drag?.({ phase: 'dropped', more: 0, items: [item] });
    await waitFor(() =>
      expect(screen.getByRole('alert', { name: 'Urgent announcements' })).toHaveTextContent(
        'Close this dialog first',
      ),
    );
    expect(asked(host, 'openDropped')).toEqual([]);
  });

  it('opens Publish from the page of a job and leaves the job alone', async () => {
    router.go({ page: 'job', job: 1 });
    const host = page();
    await title('Publishing');
    host.drag?.({ phase: 'dropped', more: 0, items: [item] });
    await screen.findByRole('region', { name: 'Destination' });
    const touched = ['pauseJob', 'cancelJob'].flatMap((name) => asked(host, name));
    expect(touched).toEqual([]);
  });
});

describe('a token file over the window', () => {
  const token: DragItem = {
    file: 9,
    name: 'TOKEN.txt',
    size: 41,
    kind: 'token',
    refused: 'file.unknown',
  };
  const image: DragItem = { file: 1, name: 'a.tar', size: 1000, kind: 'tar', refused: null };
  const text: DragItem = { ...token, file: null, name: 'notes.txt', kind: null };
  const over = (host: FakeHost, items: DragItem[]) =>
    host.drag?.({ phase: 'over', more: 0, items });
  const drop = (host: FakeHost, items: DragItem[]) =>
    host.drag?.({ phase: 'dropped', more: 0, items });
  const REASON = 'The file is neither a tar nor a compressed one.';

  async function onAccounts(change: (host: FakeHost) => void = () => undefined) {
    router.go({ page: 'accounts', account: '' });
    const host = page(change);
    await title('Accounts');
    await waitFor(() => expect(host.drag).toBeDefined());
    return host;
  }

  it('is taken on Accounts: the dialog opens at its file and holds it', async () => {
    const host = await onAccounts();
    over(host, [token]);
    await screen.findByRole('heading', { name: 'Drop to use this token' });
    screen.getByText(/^Text file with a token, 41/);
    screen.getByText('Slipway reads it once. The window never gets the token.');
    expect(screen.queryByText(REASON)).toBeNull();
    drop(host, [token]);
    const dialog = await screen.findByRole('dialog', { name: 'Add account' });
    expect(within(dialog).getByRole('tab', { name: 'Read from a file' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    within(dialog).getByText('Read from TOKEN.txt');
    within(dialog).getByText('Complete, no copying error');
    await accessible();
    expect(asked(host, 'holdDroppedToken').map((it) => it.values)).toEqual([['github.com', 9]]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add account' }));
    await screen.findByRole('heading', { name: 'octocat', level: 2 });
    expect(asked(host, 'addAccount')[0]?.values[0]).toMatchObject({
      token: { from: 'held', id: 7 },
    });
    expect(asked(host, 'dropHeldToken')).toEqual([]);
    expect(asked(host, 'openDropped')).toEqual([]);
  });

  it('is forgotten when the dialog is left', async () => {
    const host = await onAccounts();
    drop(host, [token]);
    await screen.findByRole('dialog', { name: 'Add account' });
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(asked(host, 'dropHeldToken').map((it) => it.values)).toEqual([[7]]));
  });

  it('is taken alone, and says so to what came with it', async () => {
    const host = await onAccounts();
    over(host, [image, token, { ...token, name: 'OTHER.txt', file: 10 }, text]);
    await screen.findByRole('heading', { name: 'Drop to use this token' });
    expect(
      screen.getAllByText('One token is taken at a time, and nothing else with it.'),
    ).toHaveLength(2);
    screen.getByText(REASON);
    screen.getByText(/3 of 4 files will be left out/);
    drop(host, [image, token]);
    await screen.findByRole('dialog', { name: 'Add account' });
    expect(asked(host, 'openDropped')).toEqual([]);
  });

  it('that is none is refused there with its reason', async () => {
    const host = await onAccounts();
    over(host, [text]);
    await screen.findByRole('heading', { name: 'Nothing here is a token or an image' });
    screen.getByText(REASON);
    drop(host, [text]);
    const alerts = () => screen.getAllByRole('alert').map((it) => it.textContent);
    await waitFor(() => expect(alerts().join()).toContain(REASON));
    await title('Accounts');
    await accessible();
    expect(asked(host, 'holdDroppedToken')).toEqual([]);
    // The next thing that is done takes the word away.
    drop(host, [token]);
    await screen.findByRole('dialog', { name: 'Add account' });
    expect(screen.queryByText(REASON)).toBeNull();
  });

  it('that can’t be read any more says why', async () => {
    const host = await onAccounts((host) => {
      const reason = 'TOKEN.txt holds more than one line';
      host.holdDroppedToken = () =>
        Promise.reject({ code: 'credential.unusable', message: '', params: { reason } } as never);
    });
    drop(host, [token]);
    await screen.findByText('TOKEN.txt holds more than one line.');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('does not keep an image from being opened from there', async () => {
    const host = await onAccounts();
    over(host, [image, text]);
    await screen.findByRole('heading', { name: 'Drop to open 1 image' });
    drop(host, [image, text]);
    await screen.findByRole('region', { name: 'Destination' });
    expect(asked(host, 'openDropped')[0]?.values[0]).toEqual([1]);
  });

  it.each([
    ['Publish', { page: 'publish' }],
    ['Activity', { page: 'activity' }],
    ['Settings', { page: 'settings', section: 'general' }],
  ] as const)('is refused on %s', async (name, route) => {
    router.go(route);
    const host = page();
    await title(name);
    await waitFor(() => expect(host.drag).toBeDefined());
    over(host, [token]);
    await screen.findByRole('heading', { name: 'Nothing here is an image' });
    screen.getByText(REASON);
    over(host, [token, image]);
    await screen.findByRole('heading', { name: 'Drop to open 1 image' });
    drop(host, [token]);
    await title('Publish');
    await screen.findByText(REASON);
    drop(host, [token, image]);
    await screen.findByRole('region', { name: 'Destination' });
    expect(asked(host, 'openDropped').map((it) => it.values[0])).toEqual([[1]]);
    expect(screen.queryByRole('list', { name: 'Images to publish' })).toBeNull();
    expect(asked(host, 'holdDroppedToken')).toEqual([]);
  });
});

describe('the palette', () => {
  const palette = async () => {
    await control('k');
    return screen.findByRole('combobox', { name: 'Command' });
  };

  it('lists what is recent, commands and accounts, each where it belongs', async () => {
    const host = page((host) => (host.recents = recents));
    await title('Publish');
    const field = await palette();
    const group = (name: string) => screen.getByRole('group', { name });
    const gone = within(group('Recent')).getByRole('option', { name: /^hello-docker-image/ });
    expect(gone).toHaveAttribute('aria-disabled', 'true');
    expect(gone).toHaveTextContent('Folder was moved or deleted');
    within(group('Accounts')).getByRole('option', { name: /^Sign in to github\.com/ });
    expect(within(group('Commands')).getAllByRole('option').length).toBeGreaterThan(18);
    await userEvent.type(field, '>');
    expect(screen.queryByRole('group', { name: 'Recent' })).toBeNull();
    await userEvent.clear(field);
    await userEvent.type(field, '@mona');
    screen.getByText('Packages are not browsed here yet');
    await userEvent.clear(field);
    await userEvent.type(field, 'lesson{Enter}');
    await screen.findByRole('region', { name: 'Destination' });
    expect(asked(host, 'openRecent')[0]?.values[0]).toBe(13);
  });

  it.each([
    ['inspect', 'Image details'],
    ['show as command', 'Show as command'],
  ])('does “%s” from another page', async (command, dialog) => {
    page(filled);
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    await control('2');
    await title('Activity');
    await userEvent.type(await palette(), `${command}{Enter}`);
    await screen.findByRole('dialog', { name: dialog });
  });

  it('ranks what can be run first, and says why Enter does nothing', async () => {
    page((host) => (host.recents = recents));
    await title('Publish');
    const field = await palette();
    const disabled = () =>
      screen.getAllByRole('group').map((group) =>
        within(group)
          .getAllByRole('option')
          .map((option) => option.getAttribute('aria-disabled') === 'true'),
      );
    // In each group none that can be run stands behind one that cannot.
    for (const each of disabled()) expect(each).toEqual([...each].sort());
    expect(disabled().flat()).toContain(true);
    // “Check again” of the form cannot be run now, “Sign in to github.com” can.
    await userEvent.type(field, 'i');
    expect(screen.getAllByRole('option')[0]).toHaveAttribute('aria-disabled', 'false');
    await userEvent.clear(field);
    await userEvent.type(field, 'close the image{Enter}');
    const status = within(screen.getByRole('dialog')).getByRole('status');
    expect(status).toHaveTextContent('Close the image can’t be run now: No image is open');
    expect(status).toBeVisible();
    await accessible();
    await userEvent.type(field, '{ArrowDown}');
    expect(status).toBeEmptyDOMElement();
  });

  it('signs in at the host of a registry', async () => {
    page();
    await title('Publish');
    await userEvent.type(await palette(), 'docker.pkg.github.com{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'Add account' });
    expect(within(dialog).getByRole('combobox', { name: 'Host' })).toHaveValue('github.com');
  });
});

it('opens the checks in a narrow window when what blocks is no field', async () => {
  const blocked = preflight.checks.map((check) =>
    check.id === 'write' ? { ...check, state: 'problem' as const } : check,
  );
  page((host) => {
    filled(host);
    host.preflight = () =>
      Promise.resolve({
        ...preflight,
        checks: blocked,
        button: { kind: 'firstProblem', field: null },
      });
  });
  const button = await screen.findByRole('button', { name: 'Go to first problem' });
  // As in a window below 960 px, where the column of checks is not shown.
  const column = document.getElementById('checks');
  if (column) column.checkVisibility = () => false;
  await userEvent.click(button);
  const sheet = await screen.findByRole('dialog', { name: 'Pre-flight' });
  const list = within(sheet).getByRole('list', { name: 'Checks' });
  expect(within(list).getAllByRole('listitem').length).toBe(blocked.length);
  // A fix in the sheet keeps the focus there.
  await userEvent.click(within(sheet).getByRole('button', { name: 'Leave it' }));
  expect(list).toHaveFocus();
});
