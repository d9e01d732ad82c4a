import { describe, expect, it } from 'vitest';

import {
  ago,
  bytes,
  bytesOf,
  duration,
  ending,
  measured,
  middleDigest,
  shortDigest,
} from '../src/lib/format';

describe('formats', () => {
  it('shows sizes with three digits and decimal units', () => {
    const shown = [0, 999, 1000, 12_400_000, 999_600, 1_420_000_000].map(bytes);
    expect(shown).toEqual(['0 B', '999 B', '1.00 kB', '12.4 MB', '1.00 MB', '1.42 GB']);
  });

  it('shows a part in the unit of the whole', () => {
    const part = (of: number, whole: number) => `${bytesOf(of, whole)} of ${bytes(whole)}`;
    expect(part(4_216_000, 12_400_000)).toBe('4.2 of 12.4 MB');
    expect(part(880_000_000, 1_420_000_000)).toBe('0.88 of 1.42 GB');
  });

  it('keeps of a name its version, of a digest its end', () => {
    expect(ending('docker pull ghcr.io/octo-org/monalisa:2.4.0')).toBe('/monalisa:2.4.0');
    expect(ending(`ghcr.io/octo-org/monalisa@sha256:${'0'.repeat(56)}3f1c9ab2`)).toBe('3f1c9ab2');
    expect(ending('FROM monalisa:2')).toBe('FROM monalisa:2');
    expect(ending(`ghcr.io/octo-org/${'long'.repeat(9)}:2.4.0`)).toMatch(/^[long]{22}:2\.4\.0$/);
  });

  it('shows digests short enough to compare', () => {
    const digest = `sha256:3f1c${'0'.repeat(56)}9ab2`;
    expect(shortDigest(digest)).toBe('3f1c…9ab2');
    expect(middleDigest(digest)).toBe(`sha256:3f1c${'0'.repeat(12)}…00009ab2`);
  });

  it('shows times as people say them', () => {
    expect(ago(1000, 1030)).toBe('now');
    expect(ago(1000, 1000 + 7300)).toBe('2 hours ago');
    expect([22, 100, 1260, 3700, 7200].map(duration)).toEqual([
      '22 s',
      '1 min 40 s',
      '21 min',
      '1 h 1 min',
      '2 h',
    ]);
    expect([measured(14), measured(9800)]).toEqual(['14 ms', '9.8 s']);
  });
});
