import { callsTools, introspects } from '../access/decorators.js';
import type { Scheme } from '../access/principal.js';
import type { Operation } from './document.js';

const WORDS: Readonly<Record<Scheme, string>> = { access_key: 'access key', jwt: 'JWT', session: 'session' };

const ANY = 'access key, JWT or session';

/** Says who may call an operation, and with what: the sentence that its access decorator means. */
export function whoMay(operation: Operation, method: string): string {
  const access = operation['x-access'];
  const judgedOtherwise = access.kind !== 'gateway' && (introspects(access) || callsTools(access));
  const writes = method !== 'get' && !judgedOtherwise;
  const byKey = operation.security?.some((scheme) => 'ApiKey' in scheme) ?? false;
  const level = writes && byKey ? ' A read-only key may not.' : '';
  switch (access.kind) {
    case 'public':
      return '**Who:** anyone; no credential is read.';
    case 'gateway':
      return '**Who:** gateways in `TRUSTED_PROXIES`, with the credential of the request that they ask about.';
    case 'permission':
      return `**Who:** members of the organization whose role holds \`${access.permission}\`, by ${ANY}.${level}`;
    case 'staff':
      return `**Who:** our own staff, by session, JWT or an \`admin\` key; for anyone else the path is not there.${level}`;
    case 'authenticated':
      return `**Who:** any caller, by ${listed(access.via)}.${level}`;
  }
}

function listed(via: readonly Scheme[]): string {
  const words = via.map((scheme) => WORDS[scheme]);
  const last = words.pop() ?? '';
  return words.length > 0 ? `${words.join(', ')} or ${last}` : `${last} alone`;
}

/** What opens an operation; nothing for a public one. A write by session needs the CSRF token as well. */
export function securityOf(operation: Operation, method: string): Record<string, string[]>[] {
  return (operation.security ?? []).map((scheme) =>
    'Session' in scheme && method !== 'get' ? { ...scheme, CsrfToken: [] } : scheme,
  );
}
