// The sheet that copies: what is chosen, what would become of it, and that nothing else is begun.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { CopyDraft, CopyEndView, CopyView, FailureView } from '../src/bindings/view';
import type { FakeHost } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { failureExample } from '../src/backend/fake-failures';
import { scenes } from '../src/backend/fake-scenes';
import { job, jobRow, result } from '../src/backend/fake-views';
import {
  copied,
  copiedInPart,
  copyJob,
  copyLines,
  copySource,
  plannedCopy,
} from '../src/backend/fake-copy';
import { copyTo } from '../src/shell/copy';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, page } from './page';

const TAGS = copyLines.map(({ tag }) => tag);
const PLACE = 'ghcr.io/octocat/monalisa';

beforeEach(() => {
  overlay.open = undefined;
  router.go({ page: 'publish' });
});

/** The sheet for five tags, as soon as it is there. */
async function sheet(change?: (host: FakeHost) => void): Promise<FakeHost> {
  const host = page(change);
  await screen.findByRole('heading', { level: 1 });
  copyTo(copySource.repository, TAGS);
  await screen.findByRole('dialog', { name: 'Copy octo-org/monalisa' });
  return host;
}

const goesTo = async (place: string) => {
  const field = screen.getByRole('combobox', { name: 'Copy to' });
  await userEvent.clear(field);
  await userEvent.click(field);
  await userEvent.paste(place);
};
const planned = async () => {
  await goesTo(PLACE);
  await screen.findByRole('img', { name: 'Bytes' });
};
const button = (name: string | RegExp) =>
  within(screen.getByRole('dialog')).getByRole('button', { name });
/** What the foot of the sheet says. */
const sum = (text: string) =>
  waitFor(() => expect(screen.getByRole('dialog').querySelector('footer')).toHaveTextContent(text));
const asked = <T>(host: FakeHost, name: string): T[] =>
  host.asked.filter((it) => it.name === name).map(({ values }) => values[0] as T);

const notValid = (params: { rule?: 'name.case' }): FailureView => ({
  ...{ code: 'form.problem', params, message: 'no', retry: 'no', help: [], technical: null },
});

describe('the sheet', () => {
  it('shows what would become of each tag, then copies just that', async () => {
    const host = await sheet();
    expect(button('Copy')).toHaveAttribute('aria-disabled', 'true');
    await planned();
    const table = screen.getByRole('table', { name: 'Copy plan' });
    const columns = within(table).getAllByRole('columnheader');
    expect(columns.map(({ textContent }) => textContent)).toEqual([
      ...['Tag', 'Digest', 'Platforms', 'There', 'To send'],
    ]);
    const rows = within(table).getAllByRole('row').slice(1);
    const texts = rows.map((row) => row.textContent.replace(/\s+/g, ' ').trim());
    expect(texts[0]).toMatch(/^2\.4\.0 ?cccc…cccc linux\/amd64 New 12\.4 MB/);
    expect(texts[1]).toMatch(/^latest.* Moves from 1111…1111 0 B/);
    expect(texts[2]).toMatch(/2 platforms New/);
    expect(texts[3]).toMatch(/Same digest/);
    expect(screen.getByRole('img', { name: 'Bytes' })).toHaveAccessibleDescription(
      '48.2 MB to send, 48.6 MB linked there, 96.1 MB already there',
    );
    await sum('5 tags, digests stay equal');
    await accessible();
    await userEvent.click(button('Copy 3 versions, 48.2 MB'));
    await waitFor(() => expect(router.current).toEqual({ page: 'job', job: 1 }));
    expect(screen.queryByRole('dialog')).toBeNull();
    const [copy] = asked<CopyView>(host, 'startCopy');
    expect(copy?.tags.map(({ tag }) => tag)).toEqual(TAGS);
    expect(copy?.to).toBe(PLACE);
  });

  it('keeps what a moved tag names under the name that is typed, or not at all', async () => {
    const host = await sheet();
    await planned();
    const backup = screen.getByRole('textbox', { name: 'Backup tag' });
    expect(backup).toHaveValue('latest-2026-11-28');
    await userEvent.type(backup, '-old');
    const kept = () =>
      asked<CopyView>(host, 'planCopy')
        .at(-1)
        ?.tags.find(({ tag }) => tag === 'latest')?.keepOldAs;
    await waitFor(() => expect(kept()).toBe('latest-2026-11-28-old'));
    await userEvent.click(screen.getByRole('checkbox', { name: 'Keep what latest names now as' }));
    await waitFor(() => expect(kept()).toBeNull());
  });

  it('says what is wrong with such a name, and lets it be mended', async () => {
    const host = await sheet((host) => {
      const { planCopy } = host;
      host.planCopy = (copy) =>
        copy.tags.some(({ keepOldAs }) => keepOldAs === '')
          ? Promise.reject<ReturnType<typeof plannedCopy>>(notValid({}))
          : planCopy(copy);
    });
    await planned();
    const backup = screen.getByRole('textbox', { name: 'Backup tag' });
    await userEvent.clear(backup);
    const said = await within(screen.getByRole('dialog')).findByRole('alert');
    expect(said).toHaveTextContent(/another name than the tag’s own/);
    expect(backup).toBeVisible();
    await userEvent.click(button(/^Copy/));
    expect(asked(host, 'startCopy')).toEqual([]);
    await userEvent.type(backup, 'before');
    await screen.findByRole('button', { name: 'Copy 3 versions, 48.2 MB' });
    expect(backup).toHaveValue('before');
  });

  it('does not speak of other tags where there are none', async () => {
    await sheet((host) => {
      host.planCopy = (copy) => {
        const plan = plannedCopy(copy);
        return Promise.resolve({ ...plan, tags: plan.tags.filter(({ tag }) => tag === 'latest') });
      };
    });
    await planned();
    const never = screen.getByRole('checkbox', { name: 'Never overwrite' });
    expect(never).toHaveAccessibleDescription('Leaves latest as it is; no other tag is copied');
  });

  it('leaves every tag where it is when told so', async () => {
    const host = await sheet();
    await planned();
    const never = screen.getByRole('checkbox', { name: 'Never overwrite' });
    expect(never).toHaveAccessibleDescription('Leaves latest as it is; copies the other 3 tags');
    await userEvent.click(never);
    expect(await screen.findByText('Left as it is')).toBeVisible();
    expect(asked<CopyDraft>(host, 'settleCopy').at(-1)?.noClobber).toBe(true);
    expect(screen.getByRole('textbox', { name: 'Backup tag' })).toBeDisabled();
  });

  it('says that fewer platforms are another digest', async () => {
    const host = await sheet();
    await planned();
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Platforms' }),
      'linux/arm64',
    );
    expect(await screen.findAllByText('New digest')).toHaveLength(2);
    expect(asked<CopyDraft>(host, 'settleCopy').at(-1)?.platforms).toEqual(['linux/arm64']);
    await sum('5 tags, new digests as platforms stay behind');
  });

  it('takes all tags, or those that fit', async () => {
    const host = await sheet();
    await planned();
    const versions = screen.getByRole('radiogroup', { name: 'Versions' });
    expect(within(versions).getByRole('radio', { name: 'Selected 5' })).toBeChecked();
    await userEvent.click(within(versions).getByRole('radio', { name: 'All tags 9' }));
    await sum('9 tags, digests stay equal');
    await userEvent.click(within(versions).getByRole('radio', { name: 'Pattern…' }));
    expect(button(/^Copy/)).toHaveAttribute('aria-disabled', 'true');
    await userEvent.type(screen.getByRole('textbox', { name: 'Which versions' }), '>=2.0 <3');
    const last = () => asked<CopyDraft>(host, 'settleCopy').at(-1)?.versions;
    await waitFor(() => expect(last()).toEqual({ kind: 'pattern', text: '>=2.0 <3' }));
  });

  it('does nothing where everything is there', async () => {
    const host = await sheet((host) => {
      host.planCopy = (copy) => {
        const plan = plannedCopy(copy);
        const tags = plan.tags.map((it) => ({ ...it, state: 'same' as const, toSend: 0 }));
        return Promise.resolve({ ...plan, tags, toSend: 0, toLink: 0 });
      };
    });
    await planned();
    const nothing = button('Nothing to copy');
    expect(nothing).toHaveAccessibleDescription('Everything is there, same digests');
    await userEvent.click(nothing);
    expect(asked(host, 'startCopy')).toEqual([]);
  });

  it('does nothing where it comes from', async () => {
    const host = await sheet();
    await goesTo(copySource.repository);
    const field = screen.getByRole('combobox', { name: 'Copy to' });
    await waitFor(() => expect(field).toHaveAccessibleDescription('That is where it comes from'));
    await userEvent.click(button(/^Copy/));
    expect(asked(host, 'startCopy')).toEqual([]);
  });

  it('says which rule a name breaks, and who may not', async () => {
    const nameCase = notValid({ rule: 'name.case' });
    const host = await sheet((host) => {
      const { copyEnd } = host;
      host.copyEnd = (reference, isRead) => {
        if (/[A-Z]/.test(reference)) return Promise.reject<CopyEndView>(nameCase);
        if (reference.includes('closed'))
          return Promise.reject<CopyEndView>(failureExample('denied.packageRole'));
        return copyEnd(reference, isRead);
      };
    });
    const field = screen.getByRole('combobox', { name: 'Copy to' });
    await goesTo('ghcr.io/octocat/Mona');
    await waitFor(() => expect(field).toHaveAccessibleDescription('Lower-case letters only.'));
    expect(field).toBeInvalid();
    await goesTo('ghcr.io/octocat/closed');
    expect(await screen.findByText('No access')).toBeVisible();
    expect(button('Use another account')).toBeVisible();
    await userEvent.click(button(/^Copy/));
    expect(asked(host, 'startCopy')).toEqual([]);
  });

  it('tells why a tag cannot be copied, and copies the others', async () => {
    await sheet((host) => {
      host.planCopy = (copy) => {
        const plan = plannedCopy(copy);
        const failed = {
          state: 'failed' as const,
          digest: null,
          failure: failureExample('blobMissing'),
        };
        const tags = plan.tags.map((it) => (it.tag === '2.3.0' ? { ...it, ...failed } : it));
        return Promise.resolve({ ...plan, tags, toSend: 12_400_000 });
      };
    });
    await planned();
    expect(screen.getByText('Failed')).toBeVisible();
    expect(button('Try again')).toBeVisible();
    expect(button('Copy 2 versions, 12.4 MB')).not.toHaveAttribute('aria-disabled', 'true');
  });

  it('reads everything once more as a dry run', async () => {
    const host = await sheet();
    await planned();
    const before = asked(host, 'planCopy').length;
    await userEvent.click(button('Dry run'));
    await sum('Everything was read, nothing was written: 5 tags, 48.2 MB to send.');
    expect(asked(host, 'planCopy').length).toBe(before + 1);
    expect(asked(host, 'startCopy')).toEqual([]);
  });
});

describe('the ways there', () => {
  it('leads from the start page, where one says what is copied', async () => {
    const host = page();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Copy from another registry' }),
    );
    await screen.findByRole('dialog', { name: 'Copy from another registry' });
    const from = screen.getByRole('textbox', { name: 'Copy from' });
    expect(from).toHaveFocus();
    await userEvent.type(from, `${copySource.repository}:2.4.0`);
    await screen.findByRole('dialog', { name: 'Copy octo-org/monalisa' });
    expect(screen.getByRole('radio', { name: 'Selected 1' })).toBeChecked();
    await planned();
    expect(asked<CopyDraft>(host, 'settleCopy').at(-1)?.from).toBe(
      `${copySource.repository}:2.4.0`,
    );
    await accessible();
  });

  it('leads from a result, with what was published', async () => {
    const host = page((host) => {
      host.view = { ...job, progress: { ...job.progress, state: 'done' }, result };
      router.go({ page: 'job', job: 1 });
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Copy to…' }));
    await screen.findByRole('dialog', { name: 'Copy octo-org/monalisa' });
    expect(asked(host, 'copyEnd')).toEqual(['ghcr.io/octo-org/monalisa']);
    expect(screen.getByRole('radio', { name: 'Selected 2' })).toBeChecked();
  });
});

describe('a job that copies', () => {
  const shows = (view: ReturnType<typeof copyJob>) =>
    page((host) => {
      host.view = view;
      router.go({ page: 'job', job: 1 });
    });

  it('says how far it is, in words of its own', async () => {
    const host = shows(copyJob(job));
    expect(await screen.findByRole('heading', { level: 1, name: 'Copying' })).toBeVisible();
    expect(screen.getByRole('progressbar', { name: 'Copying' })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
    expect(host.asked.some(({ name }) => name === 'pauseJob')).toBe(true);
    await accessible();
  });

  it('shows each tag with its digest at both ends', async () => {
    shows(copyJob(job, copied));
    await screen.findByRole('heading', { level: 2, name: 'Copied and verified' });
    const table = screen.getByRole('table', { name: 'What was copied' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows).toHaveLength(5);
    for (const [index, row] of rows.entries()) {
      const digests = within(row).getAllByTitle(copyLines[index]?.digest ?? '');
      expect(digests).toHaveLength(2);
    }
    await accessible();
  });

  it('says what failed, and goes on with just that', async () => {
    shows(copyJob(job, copiedInPart));
    await screen.findByRole('heading', { level: 2, name: '4 of 5 copied, 1 failed' });
    const failed = screen.getByText('Failed').closest('tr');
    expect(failed).toHaveTextContent(/2\.3\.0/);
    expect(failed?.textContent).toContain(': ');
    await userEvent.click(screen.getByRole('button', { name: 'Copy the rest…' }));
    await screen.findByRole('dialog', { name: 'Copy octo-org/monalisa' });
    expect(screen.getByRole('radio', { name: 'Selected 1' })).toBeChecked();
    expect(screen.getByRole('combobox', { name: 'Copy to' })).toHaveValue(PLACE);
  });

  it('that failed begins once more as it was', async () => {
    const failure = failureExample('denied.packageRole');
    const view = copyJob(job);
    const host = shows({ ...view, failure, progress: { ...view.progress, state: 'failed' } });
    await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(asked<CopyView>(host, 'startCopy')).toEqual([view.copy]));
    await userEvent.click(screen.getByRole('button', { name: 'Change copy…' }));
    await screen.findByRole('dialog', { name: 'Copy octo-org/monalisa' });
  });

  it('stands in Activity as one, and leads to its page and back to the sheet', async () => {
    page((host) => {
      host.view = copyJob(job, copied);
      const done = { ...job.progress, state: 'done' as const };
      host.past = [
        jobRow(1, { kind: 'copy', verified: true, ended: Date.now() / 1000, progress: done }),
      ];
      host.active = [jobRow(2, { kind: 'copy', reference: 'ghcr.io/octocat/two:1.0' })];
      router.go({ page: 'activity' });
    });
    const active = await screen.findByRole('listitem', { name: 'Copy ghcr.io/octocat/two:1.0' });
    expect(
      within(active).getByRole('progressbar', { name: 'Copying ghcr.io/octocat/two:1.0' }),
    ).toBeVisible();
    expect(within(active).getByRole('link')).toHaveAttribute('href', '#/activity/2');
    const past = await screen.findByRole('listitem', {
      name: /^Copy ghcr\.io\/octo-org\/monalisa/,
    });
    expect(past).toHaveTextContent(/Copy, .*same digests/);
    await userEvent.click(within(past).getByRole('button', { name: 'Copy again…' }));
    await screen.findByRole('dialog', { name: 'Copy octo-org/monalisa' });
    expect(screen.getByRole('combobox', { name: 'Copy to' })).toHaveValue(PLACE);
  });
});

describe('the place to copy to', () => {
  it('says who sees it and that it takes images', async () => {
    await sheet();
    await planned();
    expect(screen.getByRole('combobox', { name: 'Copy to' })).toHaveAccessibleDescription(
      'Exists there, 2 tags · It is private · ghcr.io lets you publish',
    );
  });

  it('says at once that it takes none, and copies nothing there', async () => {
    const host = await sheet();
    await goesTo('ghcr.io/closed/monalisa');
    const refused = await screen.findByText(/^problem:/i);
    expect(refused.closest('li')).toHaveTextContent(
      'octocat can read closed/monalisa but not write it',
    );
    await screen.findByRole('img', { name: 'Bytes' });
    await userEvent.click(button(/^Copy \d/));
    expect(asked(host, 'startCopy')).toEqual([]);
  });

  it('is written to as somebody else, once that is chosen', async () => {
    const host = await sheet((host) => {
      scenes['busy']?.(host);
      host.active = [];
      host.have(account('octocat', { isDefault: true }), account('monalisa'));
    });
    await planned();
    const before = asked(host, 'copyEnd').length;
    await userEvent.click(button('Account: octocat github.com'));
    await userEvent.click(screen.getByRole('menuitemradio', { name: 'monalisa' }));
    await within(screen.getByRole('dialog')).findByRole('button', {
      name: 'Account: monalisa github.com',
    });
    await waitFor(() => expect(asked(host, 'copyEnd').length).toBeGreaterThan(before));
  });
});
