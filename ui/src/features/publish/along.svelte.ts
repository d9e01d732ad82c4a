// Images of the file that are published along with the one in the form, and what each of them needs.

import type { Host } from '../../backend/host';
import type { Draft, FormView, PreflightView, PublishButton } from '../../bindings/view';

/** An image that is published along: its form, and what the rules and the registry say of it. */
export interface Other {
  draft: Draft;
  form: FormView;
  preflight: PreflightView;
}

export class Along {
  /** Which images, in the order in which they were taken. */
  selectors = $state.raw<string[]>([]);
  #known = $state.raw<ReadonlyMap<string, Other>>(new Map());

  constructor(
    private readonly host: Host,
    /** The form of an image as it is now. */
    private readonly draftOf: (selector: string) => Draft,
  ) {}

  take(selector: string): void {
    this.leaveOut(selector);
    this.selectors = [...this.selectors, selector];
  }

  leaveOut(selector: string): void {
    this.selectors = this.selectors.filter((it) => it !== selector);
  }

  /** Another file is in the form. */
  forget(): void {
    this.selectors = [];
    this.#known = new Map();
  }

  /** Asks for each what is asked for the one that is shown. Answers that are not `wanted` any more are dropped. */
  async check(wanted: () => boolean, anew = false): Promise<void> {
    for (const selector of this.selectors) {
      const draft = this.draftOf(selector);
      const known = this.#known.get(selector);
      if (!anew && known && JSON.stringify(known.draft) === JSON.stringify(draft)) continue;
      const form = await this.host.checkForm(draft);
      const preflight = await this.host.preflight(draft, anew);
      if (!wanted()) return;
      this.#known = new Map([...this.#known, [selector, { draft, form, preflight }]]);
    }
  }

  /** What is known of one of them, as long as it is of its form as that is now. */
  known(selector: string): Other | undefined {
    const known = this.#known.get(selector);
    const same = JSON.stringify(known?.draft) === JSON.stringify(this.draftOf(selector));
    return same ? known : undefined;
  }

  /** The first one that something is in the way of. */
  get blocked(): string | undefined {
    return this.selectors.find((selector) => {
      const known = this.known(selector);
      return known && (!known.form.valid || known.preflight.button.kind === 'firstProblem');
    });
  }

  /** The button for all images that go up together; `own`: for the one that is shown. */
  button(own: PublishButton): PublishButton {
    if (this.selectors.length === 0 || own.kind === 'firstProblem') return own;
    if (this.blocked !== undefined) return { kind: 'firstProblem', field: null };
    const others = this.selectors.map((selector) => this.known(selector)?.preflight);
    const all = [own, ...others.map((known) => known?.button)];
    const known = all.filter((button) => button !== undefined && button.kind !== 'publish');
    if (known.length < all.length) return { kind: 'publish' };
    if (known.every((button) => button.kind === 'nothing')) return { kind: 'nothing' };
    const bytes = known.filter((button) => button.kind === 'publishBytes');
    // Only versions move.
    if (bytes.length === 0) return { kind: 'publish' };
    return {
      kind: 'publishBytes',
      bytes: bytes.reduce((sum, button) => sum + button.bytes, 0),
      exact: bytes.every((button) => button.exact),
    };
  }
}
