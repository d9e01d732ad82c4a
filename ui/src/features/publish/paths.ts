// What files are called, by their paths and addresses.

/** The last part of a path or address. */
export const lastPart = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1) ?? path;

/** A name as it stands in an address, in letters again. */
export function readable(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
