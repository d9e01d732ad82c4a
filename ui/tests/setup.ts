// What jsdom lacks of a browser.

import '@testing-library/jest-dom/vitest';

import { cleanup, configure } from '@testing-library/svelte';
import { afterEach } from 'vitest';

// Ends a hang; on a busy computer the page takes its time.
configure({ asyncUtilTimeout: 20_000 });

HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
// It hides popovers and has no way to show them.
HTMLElement.prototype.showPopover = function (this: HTMLElement) {
  this.removeAttribute('popover');
};
// Nothing has a size, but whoever observes is told that at once.
globalThis.ResizeObserver = class implements ResizeObserver {
  constructor(private readonly tell: ResizeObserverCallback) {}
  observe = () => this.tell([], this);
  unobserve = () => undefined;
  disconnect = () => undefined;
};
Element.prototype.checkVisibility = () => true;
Element.prototype.scrollIntoView = () => undefined;

afterEach(() => {
  cleanup();
  location.hash = '';
});
