// The page says when it rests: for tests of the window, which would have to wait for time otherwise.

import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeHost, opened, preflight } from '../src/backend/fake';
import { begin, counted } from '../src/backend/rest';
import type { FormView, JobUpdate, PreflightView } from '../src/bindings/view';
import { router } from '../src/shell/router.svelte';
import { atRest, page } from './page';

const root = document.documentElement;
const rests = () => root.dataset['rest'];

/** A promise, and how to keep or break it. */
function promised<T>() {
  let keep: (value: T) => void = () => undefined;
  let fail: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => ([keep, fail] = [resolve, reject]));
  return { promise, keep, fail };
}

describe('what is under way', () => {
  it('is everything that has begun, each ended once', async () => {
    const [one, two] = [begin(), begin()];
    expect(rests()).toBe('false');
    one();
    one();
    await new Promise((done) => setTimeout(done));
    expect(rests()).toBe('false');
    two();
    await atRest();
  });

  it('is a call until it is answered, even with a failure, which stays what it was', async () => {
    const host = new FakeHost();
    const answer = promised<never>();
    host.diagnostics = () => answer.promise;
    const call = counted(host).diagnostics();
    expect(rests()).toBe('false');
    answer.fail('no');
    await expect(call).rejects.toBe('no');
    await atRest();
  });

  it('is a watch until its first word, not as long as it lasts', async () => {
    const host = new FakeHost();
    let say: (update: JobUpdate) => void = () => undefined;
    host.watchJob = (_, view) => {
      say = view;
      return new Promise<void>(() => undefined);
    };
    const seen = vi.fn();
    void counted(host).watchJob(1, seen);
    expect(rests()).toBe('false');
    say({ kind: 'snapshot', job: host.view });
    expect(seen).toHaveBeenCalledTimes(1);
    await atRest();
  });

  it('counts what whoever waited asks next, without a rest between', async () => {
    const host = counted(new FakeHost());
    const told: (string | undefined)[] = [];
    const observer = new MutationObserver(() => told.push(rests()));
    observer.observe(root, { attributeFilter: ['data-rest'] });
    await host.recent();
    await host.hosts();
    await host.diagnostics();
    await atRest();
    await Promise.resolve();
    observer.disconnect();
    expect(told.filter((it) => it === 'true')).toHaveLength(1);
  });
});

describe('the form', () => {
  beforeEach(() => router.go({ page: 'publish' }));

  it('is busy from the key until both answers for the form as it is are drawn', async () => {
    const host = page((host) => (host.openArgument = () => Promise.resolve(opened)));
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    await atRest();
    const checks = screen.getByRole('list', { name: 'Checks' });
    expect(checks).toHaveAttribute('aria-busy', 'false');

    const { checkForm } = host;
    const [rules, registry] = [promised<FormView>(), promised<PreflightView>()];
    const asked = vi.fn(() => registry.promise);
    host.checkForm = () => rules.promise;
    host.preflight = asked;
    const name = screen.getByRole('textbox', { name: 'Image name' });
    await fireEvent.input(name, { target: { value: 'other' } });
    // Nobody was asked yet.
    expect(asked).not.toHaveBeenCalled();
    expect([rests(), checks.getAttribute('aria-busy')]).toEqual(['false', 'true']);

    await waitFor(() => expect(asked).toHaveBeenCalled());
    registry.keep({ ...preflight, checks: preflight.checks.slice(0, 2) });
    await waitFor(() => expect(checks.children).toHaveLength(2));
    expect(checks).toHaveAttribute('aria-busy', 'true');
    rules.keep(await checkForm({ ...opened.draft, imageName: 'other' }));
    await waitFor(() => expect(checks).toHaveAttribute('aria-busy', 'false'));
    await atRest();
  });

  it('is busy no longer when its registry could not be asked', async () => {
    const host = page((host) => (host.openArgument = () => Promise.resolve(opened)));
    await screen.findByRole('button', { name: 'Publish 12.4 MB' });
    host.preflight = () => Promise.reject(new Error('gone'));
    await fireEvent.click(screen.getByRole('button', { name: 'Check again' }));
    await screen.findByText('Slipway made a mistake');
    expect(screen.getByRole('list', { name: 'Checks' })).toHaveAttribute('aria-busy', 'false');
    await atRest();
  });
});
