// The worked examples of failures, as the app says them: for tests, and for looking at each page.

import type { Code, FailureView } from '../bindings/view';
import { failures } from './fixtures';

export { failures };

/** The example of a code. */
export function failureExample<C extends Code>(code: C): FailureView & { code: C } {
  const found = failures.find((it): it is FailureView & { code: C } => it.code === code);
  if (!found) throw new Error(`no example of ${code}`);
  return found;
}
