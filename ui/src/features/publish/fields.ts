// Where the fields of the form are in the page.

import type { Field } from '../../bindings/view';

export const fieldIds: Record<Field, string> = {
  owner: 'field-owner',
  repository: 'field-repository',
  imageName: 'field-image-name',
  version: 'field-version',
};

/** Leads to a field, or to the checks where no field is meant. */
export function goTo(field: Field | null): void {
  const target = document.getElementById(field ? fieldIds[field] : 'checks');
  target?.scrollIntoView({ block: 'center' });
  target?.focus();
}

/** The field that is being typed in. */
export const typedIn = (): Field | undefined =>
  (Object.keys(fieldIds) as Field[]).find(
    (field) => fieldIds[field] === document.activeElement?.id,
  );
