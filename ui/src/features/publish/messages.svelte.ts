// When what the rules say of a field is shown: after a rest, or when it is left; gone the moment it is mended.

import type { Field, FormView } from '../../bindings/view';

/** A message appears after this rest. */
const REST_MS = 600;

export class Messages {
  shown = $state<Partial<Record<Field, boolean>>>({});
  #timers = new Map<Field, ReturnType<typeof setTimeout>>();

  typed(field: Field): void {
    clearTimeout(this.#timers.get(field));
    this.#timers.set(
      field,
      setTimeout(() => this.reveal(field), REST_MS),
    );
  }

  reveal(field: Field): void {
    clearTimeout(this.#timers.get(field));
    this.shown[field] = true;
  }

  /** The next message of a field that is right now waits for a rest again. */
  judge(form: FormView): void {
    for (const { field, findings } of form.fields) {
      if (findings.length === 0) this.shown[field] = false;
    }
  }

  hide(): void {
    this.shown = {};
  }
}
