// What the button with an account's name offers: the others of the same registry, and the ways to more.

import type { RegistryView } from '../bindings/view';
import { t } from '../i18n/index.svelte';
import type { AccountsModel } from './accounts.svelte';
import { router } from './router.svelte';

/** One of them, as a menu shows it. */
interface Choice {
  text: string;
  checked?: boolean;
  icon?: 'plus' | 'key';
  run: () => void;
}

/** `add` leads to another account; `onchosen`: another one is used now. */
export function accountChoices(
  accounts: AccountsModel,
  registry: RegistryView,
  add: () => void,
  onchosen: () => void = () => undefined,
): Choice[] {
  const used = accounts.using(registry);
  const known = accounts.at(registry.name);
  const alone = { text: registry.account?.username ?? '', checked: true, run: () => undefined };
  const others = known.map(({ id, username }) => ({
    text: username,
    checked: id === used?.id,
    run: () => {
      if (id !== used?.id) void accounts.use(id).then(onchosen);
    },
  }));
  return [
    ...(others.length > 0 ? others : [alone]),
    ...(registry.practice ? [] : [{ text: t('account.add'), icon: 'plus' as const, run: add }]),
    {
      text: t('account.manage'),
      icon: 'key',
      run: () => router.go({ page: 'accounts', account: used?.id ?? '' }),
    },
  ];
}
