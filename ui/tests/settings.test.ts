import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import type { HostSettings } from '../src/bindings/view';
import { i18n } from '../src/i18n/index.svelte';
import { overlay } from '../src/shell/overlay.svelte';
import type { Section } from '../src/shell/router.svelte';
import { router, SECTIONS } from '../src/shell/router.svelte';
import { accessible, page } from './page';

const open = (section: Section) => router.go({ page: 'settings', section });

beforeEach(() => {
  open('general');
  overlay.open = undefined;
});

describe('settings', () => {
  it.each(SECTIONS)('shows %s without a barrier', async (section) => {
    open(section);
    page();
    await screen.findByRole('navigation', { name: 'Settings sections' });
    await accessible();
  });

  it('speaks another language at once, and goes back', async () => {
    const host = page();
    await userEvent.selectOptions(
      await screen.findByRole('combobox', { name: 'Language' }),
      '简体中文',
    );
    await screen.findByRole('heading', { name: '设置' });
    expect(document.documentElement.lang).toBe('zh-CN');
    expect(screen.getByRole('combobox', { name: '语言' })).toHaveValue('zh-CN');
    await userEvent.click(screen.getByRole('button', { name: '撤销' }));
    await screen.findByRole('heading', { name: 'Settings' });
    expect(host.settings.language).toBeNull();
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
  });

  it('says which setting changed, and takes back that one alone', async () => {
    const host = page();
    await userEvent.selectOptions(
      await screen.findByRole('combobox', { name: 'When the window is closed' }),
      'Pause and quit',
    );
    const toast = await screen.findByRole('region', { name: 'Undo' });
    within(toast).getByText('Closing the window changed');
    await userEvent.click(screen.getByRole('switch', { name: 'Notify me when a job ends' }));
    await within(toast).findByText('Notifications changed');
    await userEvent.keyboard('{Control>}={/Control}');
    await waitFor(() => expect(host.settings.zoom).toBe(110));
    await userEvent.click(within(toast).getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(host.settings.notifications).toBe('on'));
    expect(host.settings).toMatchObject({ onClose: 'pause', zoom: 110 });
  });

  it('shows at an address of before the section that has it now', async () => {
    location.hash = '#/settings/notifications';
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    page();
    await screen.findByRole('heading', { name: 'General', level: 2 });
    screen.getByRole('switch', { name: 'Notify me when a job ends' });
    const sections = screen.getByRole('navigation', { name: 'Settings sections' });
    const names = within(sections)
      .getAllByRole('link')
      .map((it) => it.textContent.trim());
    expect(names).not.toContain('Notifications');
    expect(within(sections).getByRole('link', { current: 'page' })).toHaveTextContent('General');
  });

  it('says what Slipway is, and leads to its licence and to help', async () => {
    open('about');
    const host = page();
    await userEvent.click(await screen.findByRole('button', { name: 'Apache License 2.0' }));
    const license = await screen.findByRole('dialog', { name: 'Apache License 2.0' });
    within(license).getByText(/TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION/);
    await accessible();
    await userEvent.click(within(license).getByRole('button', { name: 'Close' }));
    screen.getByText(/^Its source is the repository that it was built from\./);
    await userEvent.click(screen.getByRole('button', { name: 'Help' }));
    const help = await screen.findByRole('dialog', { name: 'Help' });
    const steps = within(help).getByRole('list', { name: 'How it works' });
    expect(within(steps).getAllByRole('listitem')).toHaveLength(3);
    await accessible();
    await userEvent.click(within(help).getByRole('link', { name: 'Open documentation' }));
    expect(host.asked).toContainEqual({ name: 'openLink', values: ['docs'] });
    await userEvent.click(within(help).getByRole('button', { name: 'Keyboard shortcuts' }));
    await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
  });

  it('changes theme, colours and motion of the page itself', async () => {
    open('appearance');
    page();
    const look = document.documentElement.dataset;
    await userEvent.click(await screen.findByRole('radio', { name: 'High contrast' }));
    expect(look['colorMode']).toBe('auto');
    expect(look['darkTheme']).toBe('dark_high_contrast');
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Colours' }),
      'Red and green apart',
    );
    expect(look['lightTheme']).toBe('light_colorblind_high_contrast');
    await userEvent.click(screen.getByRole('switch', { name: 'Reduce motion' }));
    expect(look['reduceMotion']).toBe('true');
  });

  it('says why a value does not count and shows the one that does', async () => {
    open('network');
    page((host) => {
      host.changeSettings = () =>
        Promise.reject({ code: 'settings.failed', message: '', params: {} } as never);
    });
    await userEvent.selectOptions(
      await screen.findByRole('combobox', { name: 'Proxy' }),
      'No proxy',
    );
    await screen.findByText('The file is protected, or the value is not understood.');
    await waitFor(() =>
      expect(screen.getByRole('combobox', { name: 'Proxy' })).toHaveValue('system'),
    );
  });

  it('keeps versions by rules that come, go and come back', async () => {
    open('transfer');
    const host = page();
    const where = await screen.findByRole('textbox', { name: 'Where they stay' });
    await userEvent.type(where, 'ghcr.io/octo-org{Enter}');
    const rules = await screen.findByRole('list', { name: 'Versions that never move' });
    within(rules).getByText('Versions like 1.2.3 never move');
    expect(where).toHaveFocus();
    expect(where).toHaveValue('');

    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Which of them' }),
      'Those that fit a pattern',
    );
    await userEvent.type(where, 'ghcr.io/octo-org');
    await userEvent.type(screen.getByRole('textbox', { name: 'Pattern to keep' }), '2.*');
    await userEvent.click(screen.getByRole('button', { name: 'Keep them' }));
    await within(rules).findByText('Versions that fit 2.* never move');
    await accessible();

    await userEvent.click(
      within(rules).getByRole('button', { name: 'Drop the rule for ghcr.io/octo-org' }),
    );
    await waitFor(() => expect(host.fixed).toEqual([]));
    expect(where).toHaveFocus();
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() =>
      expect(host.fixed).toEqual([{ place: 'ghcr.io/octo-org', which: 'pattern', pattern: '2.*' }]),
    );
  });

  it('says at its field which rule of names a place or a pattern breaks', async () => {
    open('transfer');
    const host = page();
    const refused = (rule: string, field?: string): Promise<never> => {
      const params = field ? { field, rule } : { rule };
      return Promise.reject({ code: 'form.problem', params, message: rule, retry: 'no', help: [] });
    };
    host.fixVersions = ({ which }) =>
      which === 'pattern' ? refused('version.chars', 'version') : refused('reference.host');
    const where = await screen.findByRole('textbox', { name: 'Where they stay' });
    await userEvent.type(where, 'octo-org{Enter}');
    await waitFor(() => expect(where).toBeInvalid());
    expect(where).toHaveFocus();
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Which of them' }),
      'Those that fit a pattern',
    );
    const pattern = screen.getByRole('textbox', { name: 'Pattern to keep' });
    await userEvent.type(pattern, '2 .*{Enter}');
    await waitFor(() => expect(pattern).toBeInvalid());
    expect(pattern).toHaveFocus();
    expect(where).toBeValid();
  });

  it('limits, compresses and sends as people say', async () => {
    open('network');
    const host = page();
    const limit = await screen.findByRole('spinbutton', { name: 'Upload limit' });
    await userEvent.clear(limit);
    await userEvent.type(limit, '2.5{Tab}');
    await waitFor(() => expect(host.settings.limitRate).toBe(2_500_000));
    open('transfer');
    const level = await screen.findByRole('slider', { name: 'Compression' });
    await waitFor(() =>
      expect(level).toHaveAttribute('aria-valuetext', 'Level 2: about 400 MB/s on this computer'),
    );
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Compression format' }),
      'zstd',
    );
    await waitFor(() => expect(host.settings.compression).toBe('zstd'));
  });
});

describe('unfinished files', () => {
  const left = (folder: string, inUse = false) => ({
    folder,
    file: '.hello.tar.x7.part',
    becomes: 'hello.tar',
    size: 12_400_000,
    written: 1_790_000_000,
    inUse,
  });

  it('are told with their places and cleared when somebody confirms it', async () => {
    open('transfer');
    const host = page((host) => {
      const parts = [left('/home/octocat/images'), left('/tmp'), left('/srv', true)];
      host.unfinished = { parts, left: 2, size: 24_800_000, keptDays: 14 };
    });
    const clear = await screen.findByRole('button', { name: 'Clear…' });
    expect(clear).toHaveAccessibleDescription(
      '24.8 MB in 2 files that an install goes on with, for 14 days, in /home/octocat/images, /tmp',
    );
    await accessible();
    await userEvent.click(clear);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(host.asked.filter(({ name }) => name === 'clearParts')).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Clear…' }));
    await userEvent.click(screen.getByRole('button', { name: 'Clear unfinished files' }));
    await screen.findByText('All of them are being written');
    expect(screen.queryByRole('button', { name: /^Clear/ })).toBeNull();
    await accessible();
  });

  it('have nothing to clear where there are none', async () => {
    open('transfer');
    page();
    await screen.findByText('No file is unfinished');
    expect(screen.queryByRole('button', { name: /^Clear/ })).toBeNull();
  });
});

describe('the palette', () => {
  it('opens the help', async () => {
    page();
    await screen.findByRole('heading', { name: 'Settings', level: 1 });
    await userEvent.keyboard('{Control>}k{/Control}');
    await userEvent.type(await screen.findByRole('combobox', { name: 'Command' }), 'help{Enter}');
    await screen.findByRole('dialog', { name: 'Help' });
  });

  it('finds commands by typing, and says why one cannot be run', async () => {
    const host = page();
    await screen.findByRole('heading', { name: 'Settings', level: 1 });
    await userEvent.keyboard('{Control>}k{/Control}');
    const field = await screen.findByRole('combobox', { name: 'Command' });
    expect(field).toHaveFocus();
    await accessible();
    await userEvent.type(field, 'check again');
    const option = screen.getByRole('option', { name: /^Check again/ });
    expect(option).toHaveAttribute('aria-disabled', 'true');
    expect(option).toHaveTextContent('No image is open');
    await userEvent.clear(field);
    await userEvent.type(field, 'practice{Enter}');
    await waitFor(() => expect(host.asked.some((it) => it.name === 'startPractice')).toBe(true));
    expect(screen.queryByRole('combobox', { name: 'Command' })).toBeNull();
  });

  it('lists the shortcuts', async () => {
    page();
    await screen.findByRole('heading', { name: 'Settings', level: 1 });
    await userEvent.keyboard('{Control>}/{/Control}');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await accessible();
  });
});

describe('closing', () => {
  it('asks what becomes of running jobs, and remembers if told to', async () => {
    const host = page();
    await screen.findByRole('heading', { name: 'Settings', level: 1 });
    host.closing?.();
    await screen.findByRole('dialog', { name: 'Close Slipway' });
    await accessible();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Don’t ask again' }));
    await userEvent.click(
      screen.getByRole('button', { name: 'Keep publishing in the background' }),
    );
    await waitFor(() =>
      expect(host.asked.find((it) => it.name === 'leave')?.values).toEqual(['background']),
    );
    expect(host.settings.onClose).toBe('background');
  });

  it('makes everything larger and smaller by list and by keys', async () => {
    open('appearance');
    const host = page();
    const zoom = await screen.findByRole('combobox', { name: 'Zoom' });
    await userEvent.selectOptions(zoom, '200 %');
    await waitFor(() => expect(host.settings.zoom).toBe(200));
    await userEvent.keyboard('{Control>}={/Control}');
    await waitFor(() => expect(host.settings.zoom).toBe(250));
    await userEvent.keyboard('{Control>}-{/Control}');
    await waitFor(() => expect(host.settings.zoom).toBe(200));
    await userEvent.keyboard('{Control>}0{/Control}');
    await waitFor(() => expect(host.settings.zoom).toBe(100));
  });
});

describe('hosts', () => {
  const PROXY = 'http://octocat@proxy.example.com:8080/';
  const plain: HostSettings = {
    name: 'ghe.example.com',
    caFile: '',
    proxy: '',
    proxyPassword: null,
    registry: false,
    realm: '',
    api: '',
    containers: '',
    docker: '',
  };
  const everything: HostSettings = {
    ...plain,
    caFile: '/etc/ssl/ghe.pem',
    proxy: PROXY,
    proxyPassword: 'canary-password',
    realm: 'login.example.org',
    api: 'https://ghe.example.com/rest',
    containers: 'images.example.com',
    docker: 'none',
  };
  const set = (host: FakeHost) =>
    host.asked.filter((it) => it.name === 'setHost').map((it) => it.values[0]);
  const last = (host: FakeHost) => set(host).at(-1);
  const list = () => screen.findByRole('list', { name: 'Hosts' });
  const field = (name: string) => screen.getByRole('textbox', { name });
  const password = () => screen.getByLabelText<HTMLInputElement>('Proxy password');
  const press = async (name: string) =>
    userEvent.click(await screen.findByRole('button', { name }));
  const refuse = (host: FakeHost, params: Record<string, string>) => {
    host.setHost = () =>
      Promise.reject({ code: 'host.refused', message: '', params } as unknown as Error);
  };
  const closed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

  async function hosts(change: (host: FakeHost) => void = () => undefined) {
    open('hosts');
    const host = page(change);
    await within(await list()).findByText('Built in');
    return host;
  }
  /** A host is there with these settings; the form for it is open. */
  async function changing(name: string, settings?: HostSettings) {
    const host = await hosts((host) => {
      if (settings) void host.setHost(settings);
    });
    await press(`More actions for ${name}`);
    await userEvent.click(screen.getByRole('menuitem', { name: 'Change…' }));
    await screen.findByRole('dialog', { name: `Change ${name}` });
    return host;
  }
  async function adding(change: (host: FakeHost) => void = () => undefined) {
    const host = await hosts(change);
    await press('Add Enterprise host…');
    await screen.findByRole('dialog', { name: 'Add Enterprise host' });
    return host;
  }

  it('takes an Enterprise host, asks whether it is there, and lets it go again', async () => {
    const host = await adding();
    expect(field('Host')).toHaveFocus();
    await userEvent.type(field('Host'), 'ghe.example.com');
    await accessible();
    await press('Add host');
    const rows = within(await list());
    expect(await rows.findByText('Reachable')).toBeVisible();
    expect(rows.getByText('containers.ghe.example.com')).toBeVisible();
    expect(set(host)).toEqual([plain]);
    await press('More actions for ghe.example.com');
    await userEvent.click(screen.getByRole('menuitem', { name: 'Remove ghe.example.com' }));
    await waitFor(() => expect(rows.queryByText('ghe.example.com')).toBeNull());
    await press('Undo');
    await rows.findByText('ghe.example.com');
    expect(set(host)).toHaveLength(2);
  });

  it('takes everything that can be set, by keyboard', async () => {
    const host = await adding();
    await userEvent.keyboard('ghe.example.com{Tab}');
    expect(screen.getByRole('radio', { name: 'GitHub Enterprise' })).toHaveFocus();
    await userEvent.keyboard('{Tab}/etc/ssl/ghe.pem{Tab}');
    const more = screen.getByRole('button', { name: 'More options' });
    expect(more).toHaveFocus();
    expect(more).toHaveAttribute('aria-expanded', 'false');
    await userEvent.keyboard('{Enter}{Tab}');
    expect(more).toHaveAttribute('aria-expanded', 'true');
    expect(field('Proxy')).toHaveFocus();
    expect(field('Proxy')).toHaveAccessibleDescription(
      /^Empty: as everywhere\. Or none, or an address such as http:\/\/proxy\.example\.com:8080/,
    );
    expect(screen.queryByLabelText('Proxy password')).toBeNull();
    await userEvent.keyboard(`${PROXY}{Tab}canary-password{Tab}`);
    expect(field('Token service')).toHaveFocus();
    expect(field('Token service')).toHaveAccessibleDescription(
      /such as auth\.example\.com\. Your token is sent there\.$/,
    );
    await userEvent.keyboard('login.example.org{Tab}');
    expect(field('API address')).toHaveFocus();
    expect(field('API address')).toHaveAccessibleDescription(
      'Empty: https://ghe.example.com/api/v3',
    );
    await userEvent.keyboard(
      'https://ghe.example.com/rest{Tab}images.example.com{Tab}none{Tab}{Tab}{Enter}',
    );
    await closed();
    expect(set(host)).toEqual([everything]);
    expect(document.body.innerHTML).not.toContain('canary-password');
  });

  it('takes another registry, which has no addresses of its own', async () => {
    const host = await adding();
    const kinds = screen.getByRole('radiogroup', { name: 'Kind' });
    await press('More options');
    await userEvent.type(field('API address'), 'https://api.example.com');
    expect(field('Docker registry (legacy)')).toBeVisible();
    await userEvent.click(within(kinds).getByRole('radio', { name: 'Another registry' }));
    for (const name of ['API address', 'Container registry', 'Docker registry (legacy)'])
      expect(screen.queryByRole('textbox', { name })).toBeNull();
    await userEvent.type(field('Host'), 'registry.example.com:5000');
    await userEvent.type(field('Token service'), 'auth.example.org');
    await accessible();
    await press('Add host');
    await closed();
    const set = { ...plain, name: 'registry.example.com:5000', realm: 'auth.example.org' };
    expect(last(host)).toEqual({ ...set, registry: true });
    await within(await list()).findByText('Other registry');
  });

  it('offers GHE.com no older registry', async () => {
    await adding();
    await press('More options');
    await userEvent.type(field('Host'), 'octocorp.ghe.com');
    expect(field('API address')).toHaveAccessibleDescription('Empty: https://api.octocorp.ghe.com');
    expect(field('Container registry')).toHaveAccessibleDescription(
      /^Empty: containers\.octocorp\.ghe\.com\./,
    );
    expect(screen.queryByRole('textbox', { name: 'Docker registry (legacy)' })).toBeNull();
  });

  it.each(['10.0.0.7', 'ghe.example.com:8443', 'ghe'])(
    'derives no registry of %s',
    async (name) => {
      await adding();
      await press('More options');
      await userEvent.type(field('Host'), name);
      expect(field('Container registry')).toHaveAccessibleDescription(/^Empty: none\./);
    },
  );

  it('shows what is set for each', async () => {
    await hosts((host) => void host.setHost(everything));
    const rows = within(await list());
    await rows.findByText('via http://octocat@proxy.example.com:8080');
    rows.getByText('own certificate');
    rows.getByText('tokens from login.example.org');
    rows.getByText('API at https://ghe.example.com/rest');
    rows.getByText('images.example.com');
    await accessible();
  });

  it.each([
    ['none', 'without a proxy'],
    ['system', 'via the system’s proxy'],
  ])('says of the proxy “%s”: %s', async (proxy, words) => {
    await hosts((host) => void host.setHost({ ...plain, proxy }));
    await within(await list()).findByText(words);
  });

  it('changes one, with what is set in the fields, and can take it back', async () => {
    const host = await changing('ghe.example.com', everything);
    expect(field('Host')).toHaveAttribute('readonly');
    expect(field('Host')).toHaveValue('ghe.example.com');
    expect(field('Certificate authority file')).toHaveFocus();
    expect(screen.getByRole('button', { name: 'More options' })).toHaveAttribute(
      'aria-expanded',
      'true',
    );
    expect(field('Proxy')).toHaveValue(PROXY);
    expect(field('API address')).toHaveValue('https://ghe.example.com/rest');
    expect(password()).toHaveValue('');
    expect(password()).toHaveAttribute('placeholder', 'Kept in the system keychain');
    await accessible();
    await userEvent.clear(field('API address'));
    await press('Save changes');
    await closed();
    const kept = { ...everything, proxyPassword: null };
    expect(last(host)).toEqual({ ...kept, api: '' });
    await waitFor(() =>
      expect(
        screen.getByRole('button', { name: 'More actions for ghe.example.com' }),
      ).toHaveFocus(),
    );
    await within(await list()).findByText('Reachable');
    await press('Undo');
    await waitFor(() => expect(last(host)).toEqual(kept));
  });

  it('changes the way to github.com, and nothing else of it', async () => {
    const host = await changing('github.com');
    expect(screen.getAllByRole('textbox').map((it) => it.id)).toEqual([
      'host-name',
      'host-caFile',
      'host-proxy',
    ]);
    expect(screen.queryByRole('radiogroup', { name: 'Kind' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'More options' })).toBeNull();
    await userEvent.type(field('Proxy'), 'none');
    await accessible();
    await press('Save changes');
    await closed();
    expect(last(host)).toEqual({ ...plain, name: 'github.com', proxy: 'none' });
    await within(await list()).findByText('without a proxy');
    await press('More actions for github.com');
    expect(screen.getAllByRole('menuitem').map((it) => it.textContent.trim())).toEqual([
      'Change…',
      'Check github.com again',
    ]);
  });

  it('keeps the proxy’s password, or takes another, or removes it', async () => {
    const host = await changing('ghe.example.com', everything);
    await press('Remove password');
    expect(password()).not.toHaveAttribute('placeholder');
    expect(password()).toHaveAccessibleDescription('The password is removed when you save.');
    await press('Keep password');
    expect(password()).toHaveAttribute('placeholder', 'Kept in the system keychain');
    await press('Remove password');
    await userEvent.type(password(), 'another');
    await press('Remove password');
    expect(password()).toHaveValue('');
    await press('Save changes');
    await closed();
    expect(last(host)).toMatchObject({ proxyPassword: '' });
  });

  it('says nothing of a password where the proxy is another', async () => {
    const host = await changing('ghe.example.com', everything);
    await press('Remove password');
    await userEvent.clear(field('Proxy'));
    await userEvent.type(field('Proxy'), 'http://hubot@proxy.example.com:8080');
    expect(password()).not.toHaveAttribute('placeholder');
    expect(screen.queryByRole('button', { name: /password$/ })).toBeNull();
    await press('Save changes');
    await closed();
    expect(last(host)).toMatchObject({ proxyPassword: null });
  });

  it('says so where no keychain takes the password', async () => {
    const host = await adding((host) => (host.keychain = { state: 'missing', package: '' }));
    await userEvent.type(field('Host'), 'ghe.example.com');
    await press('More options');
    await userEvent.type(field('Proxy'), PROXY);
    await userEvent.type(password(), 'canary-password');
    await press('Add host');
    const words =
      'No keychain answers on this computer. The proxy’s password is kept until you quit.';
    expect((await screen.findByText(words)).closest('[role=alert]')).toBeVisible();
    await accessible();
    await press('More actions for ghe.example.com');
    await userEvent.click(screen.getByRole('menuitem', { name: 'Change…' }));
    expect(await screen.findByLabelText('Proxy password')).toHaveAttribute(
      'placeholder',
      'Kept until you quit',
    );
    await press('Remove password');
    await press('Save changes');
    await waitFor(() => expect(screen.queryByText(words)).toBeNull());
    expect(last(host)).toMatchObject({ proxyPassword: '' });
  });

  it('brings everything back but the password', async () => {
    const host = await hosts((host) => void host.setHost(everything));
    await press('More actions for ghe.example.com');
    await userEvent.click(screen.getByRole('menuitem', { name: 'Remove ghe.example.com' }));
    await press('Undo');
    await waitFor(() => expect(set(host)).toHaveLength(2));
    expect(last(host)).toEqual({ ...everything, proxyPassword: null });
  });

  it.each([
    ['name', 'Host'],
    ['caFile', 'Certificate authority file'],
    ['proxy', 'Proxy'],
    ['api', 'API address'],
    ['containers', 'Container registry'],
    ['docker', 'Docker registry (legacy)'],
  ])('says at the field why %s is refused', async (name, label) => {
    await adding((host) => refuse(host, { field: name, reason: 'it cannot be so' }));
    await userEvent.type(field('Host'), 'localhost');
    await press('Add host');
    await screen.findByText('it cannot be so.');
    const wrong = field(label);
    await waitFor(() => expect(wrong).toHaveFocus());
    expect(wrong).toHaveAttribute('aria-invalid', 'true');
    expect(wrong).toHaveAccessibleDescription(/it cannot be so\.$/);
    expect(document.querySelectorAll('[aria-invalid=true]')).toHaveLength(1);
    expect(field('Host')).toHaveValue('localhost');
    await accessible();
    await userEvent.type(wrong, 'x');
    expect(screen.queryByText('it cannot be so.')).toBeNull();
    expect(wrong).toHaveAttribute('aria-invalid', 'false');
  });

  it('says at the kind why that is refused', async () => {
    await adding((host) => refuse(host, { field: 'registry', reason: 'it is built in' }));
    await press('Add host');
    const kinds = screen.getByRole('radiogroup', { name: 'Kind' });
    await waitFor(() => expect(kinds).toHaveAttribute('aria-invalid', 'true'));
    expect(kinds).toHaveAccessibleDescription('it is built in.');
    expect(within(kinds).getByRole('radio', { name: 'GitHub Enterprise' })).toHaveFocus();
  });

  it('loses nothing by a refusal but the password, and says that', async () => {
    await adding((host) => refuse(host, { field: 'proxyPassword', reason: 'it is too long' }));
    await userEvent.type(field('Host'), 'ghe.example.com');
    await press('More options');
    await userEvent.type(field('Proxy'), PROXY);
    await userEvent.type(field('API address'), 'https://api.example.com');
    await userEvent.type(password(), 'canary-password');
    await userEvent.click(screen.getByRole('button', { name: 'More options' }));
    await press('Add host');
    await screen.findByText('it is too long.');
    await waitFor(() => expect(password()).toHaveFocus());
    expect(password()).toHaveValue('');
    expect(field('Proxy')).toHaveValue(PROXY);
    expect(field('API address')).toHaveValue('https://api.example.com');
    await userEvent.type(field('API address'), 'x');
    await userEvent.type(password(), 'c');
    expect(password()).toHaveAccessibleDescription(/never shown again/);
  });

  it('asks for the password again where another field was refused', async () => {
    await adding((host) => refuse(host, { field: 'name', reason: 'it is no host' }));
    await press('More options');
    await userEvent.type(field('Proxy'), PROXY);
    await userEvent.type(password(), 'canary-password');
    await press('Add host');
    await screen.findByText('it is no host.');
    expect(password()).toHaveAccessibleDescription('Enter the password again. It was not kept.');
  });

  it('says what has no field below them all', async () => {
    await adding((host) => refuse(host, { reason: 'the file is protected' }));
    await userEvent.type(field('Host'), 'ghe.example.com');
    await press('Add host');
    expect(await screen.findByText('the file is protected.')).toHaveRole('alert');
    expect(field('Host')).toHaveValue('ghe.example.com');
  });

  it('sets none anew that is there already', async () => {
    const host = await adding((host) => void host.setHost(everything));
    await userEvent.type(field('Host'), 'https://GHE.example.com/');
    await press('Add host');
    await screen.findByText('ghe.example.com is in the list already. Change it there.');
    expect(field('Host')).toHaveFocus();
    expect(set(host)).toHaveLength(1);
  });

  it('reads in Chinese', async () => {
    open('hosts');
    page((host) => {
      host.language = 'zh-CN';
      void host.setHost({ ...everything, name: 'ghe.example.com' });
    });
    const rows = within(await screen.findByRole('list', { name: '主机' }));
    await rows.findByText('经由 http://octocat@proxy.example.com:8080');
    await press('ghe.example.com 的更多操作');
    await userEvent.click(screen.getByRole('menuitem', { name: '更改…' }));
    await screen.findByRole('dialog', { name: '更改 ghe.example.com' });
    expect(screen.getByLabelText('代理密码')).toHaveAttribute('placeholder', '保存在系统钥匙串中');
    await accessible();
    i18n.use('en');
  });
});
