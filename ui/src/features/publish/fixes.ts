// Applying a fix and taking it back: only what the fix does, and only where the form still stands as it was.
// What was typed, added or chosen since stays.

import type { Draft, Field } from '../../bindings/view';

/** A fix that was applied. */
interface Applied {
  before: Draft;
  after: Draft;
  /** Fields that were typed in since: there the field's own undo comes first. */
  typed: Set<Field>;
}

export class Fixes {
  #applied: Applied[] = [];

  note(before: Draft, after: Draft): void {
    this.#applied.push({ before, after, typed: new Set() });
  }

  typedIn(field: Field): void {
    this.#applied.at(-1)?.typed.add(field);
  }

  forget(): void {
    this.#applied = [];
  }

  /** The form without the last fix that still stands; none where there is none, or while `field` is typed in. */
  takeBack(draft: Draft, field: Field | undefined): Draft | undefined {
    for (let last = this.#applied.at(-1); last; last = this.#applied.at(-1)) {
      if (field && last.typed.has(field)) return undefined;
      this.#applied.pop();
      const without = carry(draft, last.after, last.before);
      if (JSON.stringify(without) !== JSON.stringify(draft)) return without;
    }
    return undefined;
  }
}

/**
 * The change that leads from one form to another, made to a form that may have been typed in since: only what
 * still stands as it was in `from` becomes as it is in `to`.
 */
export function carry(now: Draft, from: Draft, to: Draft): Draft {
  // Fields mean something else at another registry, and in another image.
  if (now.registry !== from.registry || now.image !== from.image) return now;
  return {
    ...now,
    ...texts(now, from, to),
    options: { ...now.options, ...texts(now.options, from.options, to.options) },
    versions: versions(now.versions, from.versions, to.versions),
  };
}

/** What the change concerns and nobody changed since. Lists and groups are dealt with by themselves. */
function texts<T extends object>(now: T, from: T, to: T): Partial<T> {
  const stands = (Object.keys(from) as (keyof T)[]).filter(
    (name) => typeof from[name] !== 'object' && from[name] !== to[name] && now[name] === from[name],
  );
  return Object.fromEntries(stands.map((name) => [name, to[name]])) as Partial<T>;
}

/** The list without what the change takes away, and with what it adds at its place. */
function versions(now: string[], from: string[], to: string[]): string[] {
  const list = now.filter((one) => to.includes(one) || !from.includes(one));
  to.forEach((one, at) => {
    if (!from.includes(one) && !list.includes(one)) list.splice(at, 0, one);
  });
  return list;
}
