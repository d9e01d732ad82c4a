// What jsdom lacks of a browser.

import '@testing-library/jest-dom/vitest';

import { cleanup } from '@testing-library/svelte';
import { afterEach } from 'vitest';

HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
Element.prototype.scrollIntoView = () => undefined;

afterEach(() => {
  cleanup();
  location.hash = '';
});
