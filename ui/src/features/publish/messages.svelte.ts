// When what the rules say of a field is shown: after a rest, or when it is left; gone the moment it is mended.

import type { Field, FormView } from '../../bindings/view';

/** A message appears after this rest. */
const REST_MS = 600;

export class Messages {
  shown = $state<Partial<Record<Field, boolean>>>({});
  #timers = new Map<Field, ReturnType<typeof setTimeout>>();

  /** Fields that were right when they were judged last. */
  #right = new Set<Field>();

  typed(field: Field): void {
    // It was left when it was right: what is typed now waits for a rest as well.
    if (this.#right.has(field)) this.shown[field] = false;
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
      if (findings.length > 0) {
        this.#right.delete(field);
        continue;
      }
      this.#right.add(field);
      this.shown[field] = false;
    }
  }

  hide(): void {
    this.shown = {};
  }
}
