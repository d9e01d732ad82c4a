// The whole page in front of a stand-in host, and axe on it.

import { render, waitFor } from '@testing-library/svelte';
import axe from 'axe-core';
import { expect } from 'vitest';

import App from '../src/App.svelte';
import { FakeHost } from '../src/backend/fake';

export function page(change: (host: FakeHost) => void = () => undefined): FakeHost {
  const host = new FakeHost();
  change(host);
  render(App, { host });
  return host;
}

/** Everything that was asked is answered and drawn. */
export const atRest = () =>
  waitFor(() => expect(document.documentElement.dataset['rest']).toBe('true'));

/** Nothing serious; colours need a real browser and are looked at there. */
export async function accessible(): Promise<void> {
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  const serious = found.violations.filter((it) =>
    ['serious', 'critical'].includes(it.impact ?? ''),
  );
  expect(serious.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(' ')}`)).toEqual(
    [],
  );
}
