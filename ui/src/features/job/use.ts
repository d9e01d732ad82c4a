// How a published image is used. Commands and file formats are the same in every language.

import type { JobView } from '../../bindings/view';

export const ways: { name: string; line: (reference: string) => string }[] = [
  { name: 'Docker', line: (reference) => `docker pull ${reference}` },
  { name: 'Podman', line: (reference) => `podman pull ${reference}` },
  { name: 'Compose', line: (reference) => `image: ${reference}` },
  { name: 'Kubernetes', line: (reference) => `image: ${reference}` },
  { name: 'FROM', line: (reference) => `FROM ${reference}` },
];

/** The reference for what is copied: practice shows another registry's name than its own. */
export const reference = ({ practice, reference, registry, draft }: JobView): string =>
  practice ? draft.registry + reference.slice(registry.length) : reference;
