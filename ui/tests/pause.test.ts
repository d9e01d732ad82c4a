// What happens while somebody types: nothing. One round of checks a pause, messages after a rest, and never the
// answer to a question about another form.

import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { opened, preflight } from '../src/backend/fake';
import type { Draft, PreflightView } from '../src/bindings/view';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { page } from './page';

/** Checks run so long after the last key, messages appear so long after it. */
const CHECK_MS = 400;
const REST_MS = 600;

const asked = (host: FakeHost) =>
  host.asked.filter((it) => it.name === 'preflight').map((it) => it.values[0] as Draft);
const field = (name: string | RegExp) => screen.getByRole<HTMLInputElement>('textbox', { name });
const pass = (time: number) => vi.advanceTimersByTimeAsync(time);

/** The page with an image in it, at rest; from here on time passes only when told to. */
async function atRest(change: (host: FakeHost) => void = () => undefined): Promise<FakeHost> {
  const host = page((host) => {
    host.openArgument = () => Promise.resolve(opened);
    change(host);
  });
  await screen.findByRole('button', { name: 'Publish 12.4 MB' });
  await waitFor(() =>
    expect(screen.getByRole('list', { name: 'Checks' })).toHaveAttribute('aria-busy', 'false'),
  );
  vi.useFakeTimers();
  host.asked = [];
  return host;
}

/** Keys, one every so many milliseconds; the last one is `every` ago at the end. */
async function type(input: HTMLInputElement, keys: string, every: number): Promise<void> {
  for (const key of keys) {
    await fireEvent.input(input, { target: { value: input.value + key } });
    await pass(every);
  }
}

beforeEach(() => {
  router.go({ page: 'publish' });
  overlay.open = undefined;
});
afterEach(() => vi.useRealTimers());

describe('one pre-flight per pause', () => {
  it('none while 20 keys go into fields 50 ms apart, and exactly one after them', async () => {
    const host = await atRest();
    await type(field('Image name'), 'abcdefghij', 50);
    await type(field('Owner'), 'klmno', 50);
    await type(field(/^Repository/), 'pqrst', 50);
    expect(asked(host)).toEqual([]);
    // The last key was 50 ms ago.
    await pass(CHECK_MS - 50 - 1);
    expect(asked(host)).toEqual([]);
    await pass(1);
    expect(asked(host)).toHaveLength(1);
    expect(asked(host)[0]).toMatchObject({
      imageName: 'monalisaabcdefghij',
      owner: 'octo-orgklmno',
      repository: 'pqrst',
    });
    await pass(60_000);
    expect(asked(host)).toHaveLength(1);
  });

  it('one for each of two pauses', async () => {
    const host = await atRest();
    await type(field('Image name'), 'abc', 50);
    await pass(CHECK_MS);
    await type(field('Image name'), 'def', 50);
    await pass(CHECK_MS);
    expect(asked(host).map((draft) => draft.imageName)).toEqual(['monalisaabc', 'monalisaabcdef']);
  });

  it('whose answer is ignored once somebody types on, however late or early it comes', async () => {
    const answers: ((view: PreflightView) => void)[] = [];
    const host = await atRest((host) => {
      const { preflight } = host;
      host.preflight = async (draft) => {
        const first = await preflight(draft);
        if (draft.imageName === opened.draft.imageName) return first;
        return new Promise((answer) => answers.push(answer));
      };
    });
    const checks = screen.getByRole('list', { name: 'Checks' });
    const said = (name: string): PreflightView => ({
      ...preflight,
      button: { kind: 'publishTags', count: 9 },
      checks: [
        { id: 'package.new', state: 'warning', params: { name }, fix: null, field: null },
        ...preflight.checks,
      ],
    });
    await type(field('Image name'), 'a', 0);
    await pass(CHECK_MS);
    expect(answers).toHaveLength(1);
    // It is on its way when the next key goes down, and comes back before that pause is over.
    await type(field('Image name'), 'b', 100);
    answers[0]?.(said('the older form'));
    await pass(0);
    expect(checks).not.toHaveTextContent('the older form');
    expect(checks).toHaveAttribute('aria-busy', 'true');
    expect(screen.queryByRole('button', { name: 'Publish 9 tags' })).toBeNull();
    await pass(CHECK_MS - 100);
    expect(answers).toHaveLength(2);
    // Another one, and the answers come in the wrong order.
    await type(field('Image name'), 'c', 0);
    await pass(CHECK_MS);
    expect(answers).toHaveLength(3);
    answers[2]?.(said('the newest form'));
    await pass(0);
    expect(checks).toHaveTextContent('the newest form');
    answers[1]?.(said('the form between'));
    await pass(0);
    expect(checks).toHaveTextContent('the newest form');
    expect(checks).toHaveAttribute('aria-busy', 'false');
    expect(asked(host).map((draft) => draft.imageName)).toEqual([
      'monalisaa',
      'monalisaab',
      'monalisaabc',
    ]);
  });
});

describe('what the rules say', () => {
  const message = () =>
    within(screen.getByRole('region', { name: 'Destination' })).queryByText(
      'Lower-case letters only.',
      { exact: false },
    );

  it('is not shown while somebody types, and 600 ms after the last key', async () => {
    await atRest();
    const owner = field('Owner');
    await fireEvent.input(owner, { target: { value: 'o' } });
    await pass(0);
    for (let key = 0; key < 20; key += 1) {
      await type(owner, 'X', 50);
      expect(message()).toBeNull();
      expect(owner).toHaveAttribute('aria-invalid', 'false');
    }
    await pass(REST_MS - 50 - 1);
    expect(message()).toBeNull();
    await pass(1);
    expect(message()).toBeVisible();
    expect(owner).toHaveAttribute('aria-invalid', 'true');
    // It goes the moment it is mended, without a rest.
    await fireEvent.input(owner, { target: { value: 'octocat' } });
    await pass(0);
    expect(message()).toBeNull();
  });

  it('waits for a rest also in a field that was left when it was right', async () => {
    await atRest();
    const owner = field('Owner');
    owner.focus();
    field('Image name').focus();
    owner.focus();
    await pass(0);
    await type(owner, 'X', 50);
    expect(message()).toBeNull();
    await pass(REST_MS - 50);
    expect(message()).toBeVisible();
  });

  it('is shown at once when a field is left', async () => {
    await atRest();
    const owner = field('Owner');
    owner.focus();
    await type(owner, 'X', 50);
    field('Image name').focus();
    await pass(0);
    expect(message()).toBeVisible();
  });
});
