// What lies over the page: one thing at a time.

interface Overlay {
  open: 'palette' | 'shortcuts' | 'closing' | 'signIn' | undefined;
  /** Where to sign in. */
  registry: string;
}

export const overlay = $state<Overlay>({ open: undefined, registry: '' });
