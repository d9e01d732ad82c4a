// As much of everything as there may be (`?fake=full`): what has to scroll does.

import type { FakeHost } from './fake';
import { image, job, jobRow, opened, preflight } from './fake';
import { account } from './fake-accounts';
import { everything, past } from './fake-every';

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** No space in it to break a line at. */
const LONG = 'a-name-of-some-length.'.repeat(9);
const COMMAND =
  'RUN apt-get install --yes --no-install-recommends build-essential python3 && '.repeat(9);

export function full(host: FakeHost): void {
  everything(host);
  const layers = many(100, (index) => ({
    ...(image.layers[index % image.layers.length] as (typeof image.layers)[number]),
    number: index + 1,
    madeBy: COMMAND,
  }));
  const versions = many(40, (index) => `1.${index}.0-${LONG.slice(0, 100)}`);
  const findings = many(60, (index) => ({
    ...{ id: 'layer.foreign' as const, params: { layer: `${index}` }, message: COMMAND },
    ...{ level: 'warning' as const, fixes: [] },
  }));
  const draft = { ...opened.draft, imageName: LONG, versions };
  host.openArgument = () =>
    Promise.resolve({
      ...{ ...opened, name: `${LONG}.tar`, draft },
      images: [{ ...image, layers, findings }],
    });
  const checks = many(40, () => preflight.checks).flat();
  host.preflight = () =>
    Promise.resolve({ ...preflight, checks, layers: layers.map(() => 'toSend' as const) });
  const text = JSON.stringify(
    many(400, (index) => ({ [`${index} ${LONG}`]: COMMAND })),
    null,
    2,
  );
  host.details = () => Promise.resolve({ config: text, manifest: text, report: text });
  host.diagnostics = () => Promise.resolve(text);
  host.workflow = () => Promise.resolve(text);
  host.view = {
    ...job,
    reference: `ghcr.io/octo-org/${LONG}:1.0`,
    layers: layers.map(({ number, madeBy, size }) => ({
      ...{ number, madeBy, size, exact: true, percent: 50 },
      state: 'uploading' as const,
    })),
    log: many(500, (index) => ({ atMs: index, text: `${index} ${LONG}` })),
  };
  host.listed = many(60, (index) => ({ value: `octo-${index}`, from: 'gitHub' }));
  host.active = many(30, (index) =>
    jobRow(1000 - index, { title: LONG, reference: `ghcr.io/octo-org/${LONG}:${index}` }),
  );
  host.past = past(400);
  host.have(
    ...many(30, (index) => account(`octocat-${index}-of-many`, { isDefault: index === 0 })),
  );
}
