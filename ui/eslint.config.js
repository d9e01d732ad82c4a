import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const tauri = {
  group: ['@tauri-apps/*'],
  message: 'The page knows its host only through src/backend/.',
};

export default ts.config(
  { ignores: ['dist/', 'src/bindings/', 'src/backend/fixtures.ts', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'no-restricted-imports': ['error', { patterns: [tauri] }],
      'svelte/no-at-html-tags': 'error',
      // `style:` goes through the object model, which the content security policy allows.
      'svelte/no-inline-styles': 'off',
      // Local collections that no component watches.
      'svelte/prefer-svelte-reactivity': 'off',
      // TypeScript checks this better.
      'no-undef': 'off',
    },
  },
  { files: ['src/backend/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: { 'prefer-const': 'off', 'svelte/prefer-const': 'error' },
  },
);
