// Where images can go, and who is signed in there.

import type { Host } from '../backend/host';
import type { RegistryView } from '../bindings/view';

export class Registries {
  all = $state<RegistryView[]>([]);

  constructor(
    private readonly host: Host,
    all: RegistryView[],
    /** Somebody signed in or out: what was found out may be wrong now. */
    private readonly onchanged: () => Promise<void>,
  ) {
    this.all = all;
  }

  named(name: string): RegistryView | undefined {
    return this.all.find((registry) => registry.name === name);
  }

  async load(): Promise<void> {
    this.all = await this.host.registries();
  }

  /** Who is signed in may have changed; `again`: what was found out may be wrong, whatever the registries say. */
  async accountsChanged(again: boolean): Promise<void> {
    const registries = await this.host.registries();
    const same = JSON.stringify(registries) === JSON.stringify(this.all);
    if (same && !again) return;
    this.all = registries;
    await this.onchanged();
  }
}
