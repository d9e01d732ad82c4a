// Forms as they begin: for the next file, for another image of a file.

import type { Draft, Field, ImageView } from '../../bindings/view';

/** Fields that something stands in. */
export const filledIn = (draft: Draft): Field[] =>
  (['owner', 'repository', 'imageName', 'version'] as const).filter((field) =>
    field === 'version' ? draft.versions.length > 0 : draft[field] !== '',
  );

/** Where the next image goes stays; its name and versions are its own. */
export function blank(draft: Draft): Draft {
  const next = {
    ...draft,
    file: null,
    image: '',
    platform: '',
    imageName: '',
    versions: [],
    versionText: '',
  };
  delete next.held;
  return next;
}

/** The form of another image of the same file, as its names there say. */
export function asNamed(draft: Draft, selector: string, image: ImageView | undefined): Draft {
  const names = image?.names ?? [];
  const imageName = names.find((name) => name.imageName)?.imageName ?? '';
  const versions = names
    .filter((name) => name.version && (!name.imageName || name.imageName === imageName))
    .map((name) => name.version);
  return { ...draft, image: selector, platform: '', imageName, versions, versionText: '' };
}
