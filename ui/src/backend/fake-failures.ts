// The worked examples of failures, as Rust sends them: for tests, and for looking at each page.

import type { Code, CodeParams, FailureView, Remedy, Retry } from '../bindings/view';

const page = (topic: (Remedy & { kind: 'page' })['topic']): Remedy => ({ kind: 'page', topic });
const message: Remedy = { kind: 'message' };
const again: Remedy = { kind: 'again' };
const replaceToken: Remedy = { kind: 'replaceToken' };
const browser: Remedy = { kind: 'signInWithBrowser' };
const addAccount: Remedy = { kind: 'addAccount' };
const otherAccount: Remedy = { kind: 'otherAccount' };
const ghcr: Remedy = { kind: 'switchRegistry', registry: 'ghcr.io' };

const OWN = {
  'network.proxy': { host: 'ghcr.io', proxy: 'proxy.example.com:8080' },
  'network.unreachable': { host: 'ghcr.io' },
  'realm.elsewhere': { realm: 'auth.example.org' },
  'denied.orgCreate': { token: 'app' },
  'file.unpacks': { member: 'layer.tar', size: '781', limit: '268435456' },
  blobMissing: { layer: '4' },
} satisfies Partial<CodeParams>;

/** Codes whose examples need no parameters of their own, beside those above. */
type Bare = { [C in Code]: Record<never, never> extends CodeParams[C] ? C : never }[Code];

const EXAMPLES: [Bare | keyof typeof OWN, number, string, Retry, Remedy[]][] = [
  [
    'denied.packageRole',
    403,
    'permission_denied: write_package',
    'afterChange',
    [page('packageSettings'), message, otherAccount],
  ],
  [
    'denied.scope',
    403,
    'permission_denied: The token provided does not match expected scopes.',
    'afterChange',
    [page('tokens'), replaceToken],
  ],
  ['denied.credential', 403, 'denied', 'afterChange', [replaceToken, browser, page('newToken')]],
  ['signIn.required', 401, 'denied', 'afterChange', [addAccount, browser, page('newToken')]],
  [
    'unauthenticated',
    401,
    'unauthenticated: User cannot be authenticated with the token provided.',
    'yes',
    [again, { kind: 'verifyToken' }, page('status')],
  ],
  [
    'denied.orgCreate',
    403,
    'installation not allowed to Create organization package',
    'afterChange',
    [otherAccount, page('ownerSettings'), message],
  ],
  [
    'ownerNotFound',
    404,
    'not_found: owner not found',
    'afterChange',
    [{ kind: 'useOwner', owner: 'octo-org' }],
  ],
  ['ssoRequired', 403, 'denied', 'afterChange', [page('authorize'), again]],
  ['rateLimited', 429, 'retry-after: 10.305464ms, allowed: 2000/minute', 'yes', [again]],
  ['blobMissing', 400, 'blob unknown to registry', 'yes', [again]],
  [
    'legacy.nameForm',
    404,
    'docker image push is only supported with a tag of the format :owner/:repo_name/:image_name',
    'afterChange',
    [{ kind: 'field', field: 'repository' }, ghcr],
  ],
  [
    'legacy.unauthorized',
    401,
    'Your request could not be authenticated by the GitHub Packages service.',
    'afterChange',
    [page('tokens'), replaceToken, ghcr],
  ],
  [
    'legacy.billing',
    403,
    'denied: Encountered a billing-related error. Please verify the billing status for this account.',
    'afterChange',
    [page('billingSettings'), message],
  ],
  ['legacy.plan', 403, 'denied', 'afterChange', [page('planSettings')]],
  [
    'legacy.nameTaken',
    400,
    'Docker image with name "hello" is already associated with another repository under owner "octo-org"',
    'yes',
    [again, { kind: 'field', field: 'imageName' }, ghcr],
  ],
  ['network.unreachable', 0, '', 'yes', []],
  ['realm.elsewhere', 0, '', 'afterChange', [{ kind: 'hosts' }]],
  ['file.unpacks', 0, '', 'afterChange', [{ kind: 'unpack' }]],
  ['network.proxy', 407, 'Proxy Authentication Required', 'afterChange', []],
  ['cancelled', 0, '', 'yes', []],
];

const example = ([code, status, said, retry, help]: (typeof EXAMPLES)[number]) => ({
  code,
  message: said,
  params: {
    registry:
      code === 'realm.elsewhere'
        ? 'nvcr.io'
        : code.startsWith('legacy')
          ? 'docker.pkg.github.com'
          : 'ghcr.io',
    host: 'ghcr.io',
    username: 'octocat',
    package: 'octo-org/hello',
    owner: code === 'ownerNotFound' ? 'octo-orgg' : 'octo-org',
    ...(code in OWN ? OWN[code as keyof typeof OWN] : {}),
  },
  retry,
  help,
  technical:
    status === 0
      ? null
      : {
          request: 'POST /v2/octo-org/hello/blobs/uploads/',
          host: null,
          status,
          registryCode: 'DENIED',
          message: said,
          requestId: 'C559:34E8D2:158A23A:18442CA',
          credential: { username: 'octocat', source: 'thisRun' },
          time: 1_790_000_000,
        },
});

export const failures = EXAMPLES.map(example) as FailureView[];

/** The example of a code. */
export function failureExample<C extends Code>(code: C): FailureView & { code: C } {
  const found = failures.find((it): it is FailureView & { code: C } => it.code === code);
  if (!found) throw new Error(`no example of ${code}`);
  return found;
}
