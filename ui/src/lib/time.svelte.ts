// The time that ages on the page are told by: they grow while one looks.

const STEP_MS = 10_000;

class Time {
  #step = $state(0);

  /** Seconds since 1970; whoever asks is told again as it goes on. */
  get now(): number {
    void this.#step;
    return Date.now() / 1000;
  }

  /** Goes on until the function that it returns is called. */
  run = (): (() => void) => {
    const timer = setInterval(() => this.step(), STEP_MS);
    return () => clearInterval(timer);
  };

  step(): void {
    this.#step += 1;
  }
}

export const time = new Time();
