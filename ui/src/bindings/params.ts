// Generated from crates/app/src/view/ by its test `bindings`. Do not edit.

/** Parameters that are shown in a way of their own. */
export const SHOWN = {
  at: 'bytes',
  date: 'date',
  expected: 'digest',
  found: 'digest',
  free: 'bytes',
  from: 'digest',
  largest: 'bytes',
  limit: 'bytes',
  max: 'bytes',
  missing: 'list',
  need: 'bytes',
  platforms: 'list',
  present: 'list',
  reused: 'bytes',
  saved: 'bytes',
  scopes: 'list',
  seconds: 'seconds',
  send: 'bytes',
  size: 'bytes',
  to: 'digest',
} as const;

/** Parameters that a failure of any code may have. */
export const ABOUT = [
  'registry',
  'host',
  'asked',
  'owner',
  'package',
  'reference',
  'username',
  'member',
] as const;

/** Failures that are of whoever was asked in the end, where the registry led to another host. */
export const OF_ASKED = [
  'badAnswer',
  'registryFault',
  'rateLimited',
  'notFound',
  'denied.other',
] as const;
