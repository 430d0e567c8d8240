import type { OpenAPIObject } from '@nestjs/swagger';
import { REFUSALS } from '../common/error-schemas.js';

type Paths = OpenAPIObject['paths'];
type Operation = NonNullable<Paths[string]['get']>;

const header = (description: string): object => ({ description, required: true, schema: { type: 'string' } });
const IDENTITY = {
  'X-Auth-User': header('The id of the user.'),
  'X-Auth-Email': header('Percent-encoded UTF-8 but for the `@`.'),
  'X-Auth-Organization': header('The id of the organization that was judged; empty: none was.'),
  'X-Auth-Role': header('The name of the role there, percent-encoded UTF-8.'),
  'X-Auth-Scheme': header('`api_key`, `jwt` or `session`.'),
  'X-Auth-Key-Prefix': header('Of an access key.'),
  'X-Auth-Access-Level': header('Of an access key: `read_only` or `full_access`.'),
};

const TOLD = {
  nginx:
    'nginx `auth_request`: `X-Original-Method` and `X-Original-URI`. Every refusal but 401 is 403 with `X-Auth-Status`.',
  forward: 'Caddy `forward_auth`, Traefik ForwardAuth: `X-Forwarded-Method` and `X-Forwarded-Uri`.',
  envoy:
    'Envoy `ext_authz`: the method itself, and the original path behind the address of the check, which may end in `/require/{org}/{permission}`.',
} as const;

const PATHS = {
  nginx: ['/', '/require/{org}/{permission}/'],
  forward: ['/', '/require/{org}/{permission}/'],
  envoy: ['/', '/{path}'],
} as const;

/** The checks, which Nest doesn't know of, for the document: each under GET, though they take any method. */
export function describeChecks(): Paths {
  return Object.fromEntries(
    (['nginx', 'forward', 'envoy'] as const).flatMap((convention) =>
      PATHS[convention].map((path) => [
        `/api/auth/check/${convention}${path}`,
        { get: operation(convention, path) },
      ]),
    ),
  );
}

function operation(convention: keyof typeof TOLD, path: string): Operation {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const demands = names.includes('org');
  return {
    operationId: `checks_${convention}${demands ? '_require' : names.length > 0 ? '_path' : ''}`,
    tags: ['Checks'],
    summary: `May this request pass the gateway${demands ? ', with this permission in this organization' : ''}? (${convention})`,
    description: `For the peers in TRUSTED_PROXIES alone, by any method. ${TOLD[convention]}`,
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    'x-access': { kind: 'gateway' },
    security: [{ ApiKey: [] }, { Bearer: [] }, { Session: [] }],
    responses: {
      204: { description: 'It may; who calls, in headers.', headers: IDENTITY },
      400: REFUSALS.BadCheck,
      401: REFUSALS.Unauthenticated,
      403: REFUSALS.NotAGateway,
      404: REFUSALS.NotFound,
    },
  } as Operation;
}
