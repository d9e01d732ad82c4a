// What lies over the page: one thing at a time.

export const overlay = $state<{ open: 'palette' | 'shortcuts' | 'closing' | undefined }>({
  open: undefined,
});
