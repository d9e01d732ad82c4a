// The head of a page: the page says what stands in it, the frame draws it.

import type { Snippet } from 'svelte';

import type { RegistryView } from '../bindings/view';

export interface Heading {
  title: string;
  /** The page above. */
  parent?: { text: string; href: string };
  /** What is published to from here. */
  registry?: RegistryView | undefined;
  /** Nothing leaves this computer; as the registry says if this is not given. */
  practice?: boolean;
}

export type Header = Snippet<[Heading]>;
