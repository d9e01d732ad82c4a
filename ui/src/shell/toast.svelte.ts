// The one message that can be undone. It leaves by itself, but not while somebody is at it.

const STAYS_MS = 10_000;

class Toast {
  text = $state('');
  #undo: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, undo: () => void): void {
    this.text = text;
    this.#undo = undo;
    this.go();
  }

  hold(): void {
    clearTimeout(this.#timer);
  }

  go(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), STAYS_MS);
  }

  undo(): void {
    const undo = this.#undo;
    this.close();
    undo?.();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.text = '';
    this.#undo = undefined;
  }
}

export const toast = new Toast();
