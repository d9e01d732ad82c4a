// The speed plot's axis: a round maximum, so that its half is round, too.

const ROUND = [1, 2, 4, 6, 8, 10, 16, 20, 32, 40, 60, 80, 100, 160, 200, 320, 400, 600, 800, 1000];
const UNITS = [
  ['kB/s', 1e3],
  ['MB/s', 1e6],
  ['GB/s', 1e9],
] as const;

export interface Axis {
  unit: string;
  /** Bytes a second that one of the unit is. */
  scale: number;
  /** In units. */
  most: number;
}

export function axis(speeds: number[]): Axis {
  const highest = Math.max(1, ...speeds);
  const [unit, scale] = UNITS.findLast(([, scale]) => highest >= scale) ?? UNITS[0];
  const most = ROUND.find((round) => round >= highest / scale) ?? 1000;
  return { unit, scale, most };
}
