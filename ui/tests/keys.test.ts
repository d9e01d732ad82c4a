import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

/** Places in a list, handles that Rust gives out, and words that stand in the code. */
const UNIQUE = [
  'index',
  'place',
  'account.id',
  'file.file',
  'id',
  'layer.number',
  // Counted where it repeats.
  'key',
  'one.engine',
  'one.selector',
  'row.id',
  'row.task',
  // Names of hosts and registries are those of a map.
  'known.name',
  'name',
  'registry',
  'registry.name',
  // Closed sets.
  'by',
  'combination',
  'command',
  'copy',
  'destination.text',
  'engine',
  'entry.state',
  'example',
  'field',
  'format',
  'from',
  'group',
  'group.name',
  'layers',
  'look',
  'one.name',
  'part.part',
  'path',
  'purpose',
  'show',
  'state',
  'step',
  'step.text',
  'task',
  'theme',
  'title',
  'topic',
  'value',
  'way',
  'what',
  'zoom',
];

const components = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.svelte'))
  .map((path) => join('src', path));

describe('lists of the page', () => {
  // A version that was typed twice on its way to another one threw, and the checks stopped following.
  it('are keyed by nothing that people type or that a file, a host or a registry says', () => {
    const keys = components.flatMap((path) =>
      [
        ...readFileSync(path, 'utf8').matchAll(/\{#each [^}]*(?:\{[^}]*\})?[^}]*\(([^()]+)\)\}/g),
      ].map(([, key]) => `${path}: ${key}`),
    );
    expect(keys.length).toBeGreaterThan(50);
    expect(keys.filter((key) => !UNIQUE.some((known) => key.endsWith(`: ${known}`)))).toEqual([]);
  });
});
