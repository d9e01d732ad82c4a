// The colour theme, as the tokens' own attributes want it.

import type { Theme } from '../bindings/view';

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.colorMode = theme === 'system' ? 'auto' : theme;
}
