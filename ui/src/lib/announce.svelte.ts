// The two live regions: at most one message a second, the last one wins.

class Announcer {
  polite = $state('');
  urgent = $state('');
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    if (this.#timer) {
      this.#waiting = text;
      return;
    }
    this.polite = again(this.polite, text);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next !== undefined) this.say(next);
    }, 1000);
  }

  alert(text: string): void {
    this.urgent = again(this.urgent, text);
  }
}

/** The same text is only spoken again when it changes: a space that nobody hears. */
function again(before: string, text: string): string {
  return before === text ? `${text}\u00a0` : text;
}

export const announcer = new Announcer();
