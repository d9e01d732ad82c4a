// How the page looks, as the tokens' own attributes want it.

import type { Colors, SettingsView, Theme } from '../bindings/view';

const FAMILY: Record<Colors, string> = {
  usual: '',
  'red-green': '-colorblind',
  'blue-yellow': '-tritanopia',
};

export function applyAppearance(settings: Pick<SettingsView, 'theme' | 'colors' | 'reduceMotion'>) {
  const page = document.documentElement.dataset;
  page['colorMode'] = mode(settings.theme);
  const contrast = settings.theme === 'high-contrast' ? '-high-contrast' : '';
  // The tokens' names have underscores.
  const theme = (base: string) =>
    `${base}${FAMILY[settings.colors]}${contrast}`.replaceAll('-', '_');
  page['lightTheme'] = theme('light');
  page['darkTheme'] = theme('dark');
  page['reduceMotion'] = String(settings.reduceMotion);
}

const mode = (theme: Theme): string => (theme === 'light' || theme === 'dark' ? theme : 'auto');
