// The two live regions: in each at most one message a second, the last one wins.

const PAUSE_MS = 1000;
/** Whoever comes to the region later hears nothing of what is over. */
const OVER_MS = 20_000;

class Region {
  text = $state('');
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    if (this.#timer) {
      this.#waiting = text;
      return;
    }
    // The same text is only spoken again when it changes: a space that nobody hears.
    this.text = this.text === text ? `${text}\u00a0` : text;
    clearTimeout(this.#over);
    this.#over = setTimeout(() => (this.text = ''), OVER_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next !== undefined) this.say(next);
    }, PAUSE_MS);
  }

  forget(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#over);
    this.#timer = undefined;
    this.#waiting = undefined;
    this.text = '';
  }
}

class Announcer {
  #polite = new Region();
  #urgent = new Region();

  get polite(): string {
    return this.#polite.text;
  }

  get urgent(): string {
    return this.#urgent.text;
  }

  say = (text: string): void => this.#polite.say(text);
  alert = (text: string): void => this.#urgent.say(text);

  /** A page that begins has heard nothing, nor has one in another language. */
  forget(): void {
    this.#polite.forget();
    this.#urgent.forget();
  }
}

export const announcer = new Announcer();
