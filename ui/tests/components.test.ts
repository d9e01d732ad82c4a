// The page of components, which development builds have: it shows every one of them, and each says what it takes.

import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';

import ComponentsPage from '../src/features/components/ComponentsPage.svelte';
import { applyAppearance } from '../src/lib/theme';
import { accessible, page } from './page';

const sources = import.meta.glob<string>('../src/components/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const names = Object.keys(sources).map((path) => path.replace(/^.*\/(\w+)\.svelte$/, '$1'));

afterEach(() => applyAppearance({ theme: 'system', colors: 'usual', reduceMotion: false }));

describe('the page of components', () => {
  it('shows every component, at an address of its own', async () => {
    location.hash = '#/components';
    page();
    await screen.findByRole('heading', { name: 'Components' });
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) screen.getByRole('region', { name });
    await accessible();
  });

  it.each(names)('finds a head comment that documents each prop of %s', (name) => {
    const source = sources[`../src/components/${name}.svelte`] ?? '';
    const head = /^<!--([^]*?)-->/.exec(source)?.[1] ?? '';
    const props = /let \{([^}]*)\}[^=]*= \$props\(\)/.exec(source)?.[1] ?? '';
    const taken = props
      .split(',')
      .map((prop) => /^\s*(\w+)/.exec(prop)?.[1])
      .filter((prop) => prop !== undefined);
    const missing = taken.filter((prop) => !new RegExp(`\\b${prop}\\b`).test(head));
    expect(missing).toEqual([]);
    expect(head.trim()).not.toBe('');
  });

  it('switches the theme for all of them', async () => {
    render(ComponentsPage);
    const themes = screen.getByRole('radiogroup', { name: 'Theme' });
    const shown = document.documentElement.dataset;
    await userEvent.click(within(themes).getByRole('radio', { name: 'dark' }));
    await waitFor(() => expect(shown['colorMode']).toBe('dark'));
    await userEvent.click(within(themes).getByRole('radio', { name: 'high-contrast' }));
    await waitFor(() => expect(shown['lightTheme']).toBe('light_high_contrast'));
  });

  it('opens dialogs and sheets', async () => {
    render(ComponentsPage);
    await userEvent.click(screen.getByRole('button', { name: 'Sheet' }));
    const sheet = await screen.findByRole('dialog', { name: 'Title' });
    await userEvent.click(within(sheet).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByRole('button', { name: 'Sheet' })).toHaveFocus();
  });
});
