// The rows of the tree: images, and what they consist of where they are open.

import type { EngineImageView, EnginePartView } from '../../bindings/view';
import { shortDigest } from '../../lib/format';

/** Tags of one repository. */
export interface Named {
  /** Host and owner, up to the last `/`; empty where the name has none. */
  before: string;
  /** The last part. */
  name: string;
  tags: string[];
}

export interface ImageRow {
  id: number;
  image: EngineImageView;
  part?: EnginePartView;
  /** Place among its brothers, from 1, and how many they are. */
  place: number;
  of: number;
}

/** An image has fewer parts than that. */
const MOST_PARTS = 100_000;

/** `ghcr.io/octo-org/monalisa:2.4.1` as repository and tag. */
function split(whole: string): [repository: string, tag: string] {
  const at = whole.lastIndexOf(':');
  return at > whole.lastIndexOf('/') ? [whole.slice(0, at), whole.slice(at + 1)] : [whole, ''];
}

/** The names of an image, those of one repository together. */
export function namesOf(image: EngineImageView): Named[] {
  const all: Record<string, string[]> = {};
  for (const whole of image.names) {
    const [repository, tag] = split(whole);
    (all[repository] ??= []).push(tag);
  }
  return Object.entries(all).map(([repository, tags]) => {
    const at = repository.lastIndexOf('/') + 1;
    return { before: repository.slice(0, at), name: repository.slice(at), tags };
  });
}

/** What people call it: its first name, or a part of its ID. */
export const called = (image: EngineImageView): string => image.names[0] ?? shortDigest(image.id);

/** The last part of its name alone. */
export const shortName = (image: EngineImageView): string =>
  namesOf(image)[0]?.name ?? called(image);

/** Whether it can be published. */
export const isReady = (image: EngineImageView): boolean =>
  image.names.length > 0 && image.unreadable === null;

/** Those whose name, tag, ID or digest has this text in it. */
export function matching(images: EngineImageView[], filter: string): EngineImageView[] {
  const wanted = filter.trim().toLowerCase();
  if (!wanted) return images;
  return images.filter(({ names, id, digests }) =>
    [...names, id, ...digests].some((text) => text.toLowerCase().includes(wanted)),
  );
}

/** `all`: the whole list, by whose places rows are known. */
export function rowsOf(
  all: EngineImageView[],
  shown: EngineImageView[],
  isOpen: (image: EngineImageView) => boolean,
): ImageRow[] {
  const places = new Map(all.map((image, place) => [image.id, place]));
  return shown.flatMap((image, index) => {
    const id = (places.get(image.id) ?? 0) * MOST_PARTS;
    const row: ImageRow = { id, image, place: index + 1, of: shown.length };
    if (!isOpen(image)) return [row];
    const of = image.parts.length;
    const parts = image.parts.map((part, at) => ({
      ...{ id: id + at + 1, image, part },
      ...{ place: at + 1, of },
    }));
    return [row, ...parts];
  });
}
