// What jsdom lacks of a browser.

import '@testing-library/jest-dom/vitest';

import { cleanup, configure } from '@testing-library/svelte';
import { afterEach } from 'vitest';

import { announcer } from '../src/lib/announce.svelte';
import { overlay } from '../src/shell/overlay.svelte';
import { toast } from '../src/shell/toast.svelte';

// Ends a hang; on a busy computer the page takes its time.
configure({ asyncUtilTimeout: 20_000 });

HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
// It hides popovers and has no way to show them.
HTMLElement.prototype.showPopover = function (this: HTMLElement) {
  this.removeAttribute('popover');
};
// No window is narrow, nor anything else that a page asks for.
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), { media, matches: false }) as unknown as MediaQueryList;
Element.prototype.checkVisibility = () => true;
Element.prototype.scrollIntoView = () => undefined;

// The page's style sheets are not here: how something looks follows from what it is and these attributes alone. For each
// element, after each change, jsdom tries all rules of the browser's own sheet anew; that was most of the tests' time.
const TELLING = ['hidden', 'open', 'popover', 'href', 'type', 'style'];
const computed = window.getComputedStyle;
const looks = new Map<string, CSSStyleDeclaration>();
window.getComputedStyle = (element) => {
  const values = TELLING.map((name) => element.getAttribute(name));
  // An attribute that is there without a value is not one that is missing.
  const key = JSON.stringify([element.localName, ...values]);
  const known = looks.get(key);
  if (known) return known;
  const alike = document.createElementNS(element.namespaceURI, element.localName);
  TELLING.forEach((name, at) => {
    const value = values[at];
    if (typeof value === 'string') alike.setAttribute(name, value);
  });
  const look = computed(alike);
  looks.set(key, look);
  return look;
};

afterEach(() => {
  cleanup();
  location.hash = '';
  // Files share their modules: what one page knew is not for the next.
  announcer.forget();
  toast.close();
  overlay.open = undefined;
});
