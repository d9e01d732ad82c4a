import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import { overlay } from '../src/features/frame/overlay.svelte';
import type { Section } from '../src/router.svelte';
import { router, SECTIONS } from '../src/router.svelte';
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
      expect(level).toHaveAttribute('aria-valuetext', 'Level 5: about 250 MB/s on this computer'),
    );
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Compression format' }),
      'zstd',
    );
    await waitFor(() => expect(host.settings.compression).toBe('zstd'));
  });
});

describe('the palette', () => {
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

  it('adds an Enterprise host, asks whether it is there, and takes it away again', async () => {
    open('hosts');
    const host = page();
    const list = await screen.findByRole('list', { name: 'Hosts' });
    expect(await within(list).findByText('Built in')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Add Enterprise host…' }));
    await userEvent.type(await screen.findByRole('textbox', { name: 'Host' }), 'ghe.example.com');
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Add host' }));
    expect(await within(list).findByText('Reachable')).toBeVisible();
    expect(within(list).getByText('containers.ghe.example.com')).toBeVisible();
    await userEvent.click(
      within(list).getByRole('button', { name: 'More actions for ghe.example.com' }),
    );
    await userEvent.click(screen.getByRole('menuitem', { name: 'Remove ghe.example.com' }));
    await waitFor(() => expect(list).not.toHaveTextContent('ghe.example.com'));
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(list).toHaveTextContent('ghe.example.com'));
    expect(host.asked.filter((it) => it.name === 'addHost')).toHaveLength(2);
  });

  it('says why a host cannot be added, and keeps what was typed', async () => {
    open('hosts');
    page((host) => {
      host.addHost = () =>
        Promise.reject({
          code: 'host.refused',
          message: '',
          params: { reason: 'no host' },
        } as never);
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Add Enterprise host…' }));
    const name = await screen.findByRole('textbox', { name: 'Host' });
    await userEvent.type(name, 'localhost');
    await userEvent.click(screen.getByRole('button', { name: 'Add host' }));
    expect(await screen.findByText('no host.')).toBeVisible();
    expect(name).toHaveValue('localhost');
  });
});
