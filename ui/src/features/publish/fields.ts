// Where the fields of the form are in the page.

import type { Field } from '../../bindings/view';

export const fieldIds: Record<Field, string> = {
  owner: 'field-owner',
  repository: 'field-repository',
  imageName: 'field-image-name',
  version: 'field-version',
};

/** Leads to a field; where no field is meant, to what mends the first problem of the checks, or to the checks. */
export function goTo(field: Field | null): void {
  const checks = document.getElementById('checks');
  const mends = checks?.querySelector<HTMLElement>('[data-problem] button');
  const target = field ? document.getElementById(fieldIds[field]) : (mends ?? checks);
  target?.scrollIntoView({ block: 'center' });
  target?.focus();
}

/** The field that is being typed in. */
export const typedIn = (): Field | undefined =>
  (Object.keys(fieldIds) as Field[]).find(
    (field) => fieldIds[field] === document.activeElement?.id,
  );
