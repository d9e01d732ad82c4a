// Nothing scrolls that the keyboard does not reach: whatever the styles let scroll is attached to `lib/scrolls.ts`.

import { readdirSync, readFileSync } from 'node:fs';

import { parse } from 'svelte/compiler';
import { afterEach, describe, expect, it } from 'vitest';

import { scrolls } from '../src/lib/scrolls';

/** They scroll with the keyboard without a stop of their own, and why. */
const OTHERWISE: Record<string, string> = {
  'src/features/frame/Palette.svelte .list': 'the arrows of the field above move through it',
  'src/features/publish/Suggestions.svelte ul':
    'the focus is on one of its options, arrows move it',
  'src/features/frame/DropOverlay.svelte .panel':
    'it is there only while the pointer holds a file; what is dropped is listed again on the page',
};
/** During development only. */
const LEFT_OUT = /features\/components\//;

// What is needed of the compiler's trees.
interface Node {
  type: string;
  name: string;
  start: number;
  end: number;
  property: string;
  value: string;
  attributes?: Node[];
}

function* walk(tree: unknown): Generator<Node> {
  if (typeof tree !== 'object' || tree === null) return;
  if ('type' in tree) yield tree as Node;
  for (const part of Object.values(tree)) yield* walk(part);
}

const files = (ending: string): string[] =>
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(ending) && !LEFT_OUT.test(path));
const components = files('.svelte').map((path) => {
  const text = readFileSync(path, 'utf8');
  return { path, text, tree: parse(text, { modern: true }) };
});

/** The last parts of the selectors whose rules let something scroll, such as `.list`. */
function scrolling(css: string): string[] {
  const { css: sheet } = parse(`<style>${css}</style>`, { modern: true });
  const text = `<style>${css}</style>`;
  return [...walk(sheet?.children)].flatMap((rule) => {
    if (rule.type !== 'Rule') return [];
    const { prelude, block } = rule as unknown as { prelude: Node; block: Node };
    const scrolls = [...walk(block)].some(
      ({ type, property, value }) =>
        type === 'Declaration' && /^overflow(-[xy])?$/.test(property) && /auto|scroll/.test(value),
    );
    const selectors = text.slice(prelude.start, prelude.end).split(',');
    return scrolls
      ? selectors.map(
          (it) =>
            it
              .trim()
              .split(/[\s>]+/)
              .at(-1) ?? '',
        )
      : [];
  });
}

/** Elements of a component that a simple selector means and that are not attached. */
function loose({ text, tree }: (typeof components)[number], selector: string): string[] {
  const [, name = '', word = ''] = /^([\w-]*)(?:\.([\w-]+))?/.exec(selector) ?? [];
  return [...walk(tree.fragment)].flatMap((node) => {
    if (node.type !== 'RegularElement' || (name && node.name !== name)) return [];
    const parts = (node.attributes ?? []).map((it) => ({
      ...it,
      text: text.slice(it.start, it.end),
    }));
    const classes = parts.filter((it) => it.name === 'class').map((it) => it.text);
    if (word && !classes.some((it) => new RegExp(`[\\s'"]${word}[\\s'"]`).test(it))) return [];
    return parts.some((it) => it.type === 'AttachTag' && it.text.includes('scrolls('))
      ? []
      : [text.slice(node.start, node.start + 60)];
  });
}

describe('whatever the styles let scroll', () => {
  const own = components.flatMap((it) => {
    const { css } = it.tree;
    const style = css ? it.text.slice(css.content.start, css.content.end) : '';
    return scrolling(style).map((selector) => ({ it, selector }));
  });
  const shared = files('.css').flatMap((path) => scrolling(readFileSync(path, 'utf8')));

  it('is found at all', () => {
    expect(own.length).toBeGreaterThan(8);
    expect(shared).toContain('main');
  });

  it('can be reached by keyboard', () => {
    const left = own.filter(({ it, selector }) => !(`${it.path} ${selector}` in OTHERWISE));
    const found = [
      ...left.flatMap(({ it, selector }) =>
        loose(it, selector).map((element) => `${it.path}: ${element}`),
      ),
      ...components.flatMap((it) =>
        shared.flatMap((selector) =>
          loose(it, selector).map((element) => `${it.path}: ${element}`),
        ),
      ),
    ];
    expect(found).toEqual([]);
  });

  it('has no exception for what is not there', () => {
    const known = own.map(({ it, selector }) => `${it.path} ${selector}`);
    expect(Object.keys(OTHERWISE).filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('an element that scrolls', () => {
  let end: () => void = () => undefined;
  afterEach(() => {
    end();
    document.body.replaceChildren();
  });

  function made(tall: boolean): HTMLElement {
    const element = document.body.appendChild(document.createElement('div'));
    Object.defineProperty(element, 'scrollHeight', { value: tall ? 100 : 0, configurable: true });
    end = scrolls('Log')(element);
    return element;
  }
  const look = () => Promise.resolve();

  it('is a named stop of Tab', () => {
    const element = made(true);
    expect([element.tabIndex, element.role, element.ariaLabel]).toEqual([0, 'region', 'Log']);
    end();
    expect(element.attributes).toHaveLength(0);
  });

  it('is none while all of it is seen, or something in it is one', async () => {
    expect(made(false).tabIndex).toBe(-1);
    const element = made(true);
    element.append(document.createElement('button'));
    await look();
    expect(element.tabIndex).toBe(-1);
    element.replaceChildren();
    await look();
    expect(element.tabIndex).toBe(0);
  });

  it('becomes one where something beside it grows, or the window shrinks', async () => {
    const element = made(false);
    const tall = (value: number) =>
      Object.defineProperty(element, 'scrollHeight', { value, configurable: true });
    tall(100);
    document.body.append('beside it');
    await look();
    expect(element.tabIndex).toBe(0);
    tall(0);
    window.dispatchEvent(new Event('resize'));
    expect(element.tabIndex).toBe(-1);
  });

  it('keeps the focus that it has', async () => {
    const element = made(true);
    element.focus();
    Object.defineProperty(element, 'scrollHeight', { value: 0 });
    element.append('shorter');
    await look();
    expect(document.activeElement).toBe(element);
    element.blur();
    expect(element.tabIndex).toBe(-1);
  });
});
