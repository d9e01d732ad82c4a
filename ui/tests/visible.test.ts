import { mount } from 'svelte';
import { expect, it } from 'vitest';

import Name from '../src/components/Name.svelte';
import { en } from '../src/i18n/en';
import { fill } from '../src/i18n/index.svelte';
import { visible } from '../src/lib/visible';

it('shows what would turn or hide what stands beside it, and leaves all else as it is', () => {
  expect(visible('photo\u202egnp.tar')).toBe('photo\\u{202e}gnp.tar');
  expect(visible('a\u001b[31mb\u009bc\u2028d\u2066')).toBe(
    'a\\u{1b}[31mb\\u{9b}c\\u{2028}d\\u{2066}',
  );
  for (const plain of ['镜像 «é» 👩‍🚀', 'שלום', 'two\nlines\tof text'])
    expect(visible(plain)).toBe(plain);
});

it('keeps a sentence in order whatever name stands in it', () => {
  const said = fill(en['queue.remove'], { name: '\u202eevil' }, 'en');
  expect(said).toBe(en['queue.remove'].replace('{name}', '\\u{202e}evil'));
});

it('sets a name apart from the direction of what stands beside it', () => {
  mount(Name, { target: document.body, props: { text: 'שלום\u202e' } });
  expect(document.querySelector('bdi')?.textContent).toBe('שלום\\u{202e}');
});
