import type { IncomingHttpHeaders } from 'node:http';

export const SESSION_COOKIE = 'sessionid';
export const CSRF_COOKIE = 'csrftoken';

/** What a session id of ours looks like; anything else was never made here. */
export const SESSION_ID = /^[A-Za-z0-9]{43}$/;
const FORMS = {
  [SESSION_COOKIE]: SESSION_ID,
  [CSRF_COOKIE]: /^[\w-]{22}\.[\w-]{43}$/,
} as const;

type OwnCookie = keyof typeof FORMS;

/** `ours`: it has our form. */
interface Found {
  readonly value: string;
  readonly ours: boolean;
}

/**
 * The one value of a cookie of ours, whoever else sets cookies of that name: a sibling application on the parent domain, an
 * attacker on a subdomain (contract §2). Values without our form are passed over beside one that has it, equal ones count
 * as one. Two different ones are `ambiguous`: no server can tell which of them a browser sent first, and why. Read from the
 * header itself, for libraries keep the first of several without a word.
 */
export function cookieOf(headers: IncomingHttpHeaders, name: OwnCookie): Found | 'ambiguous' | undefined {
  const values = valuesOf(headers.cookie, name);
  const [first, second] = new Set(values.filter((value) => FORMS[name].test(value)));
  if (second !== undefined) return 'ambiguous';
  if (first !== undefined) return { value: first, ours: true };
  return values[0] === undefined ? undefined : { value: values[0], ours: false };
}

/** All values under this name, as they were sent; a quoted or percent-encoded one was not made here. */
function valuesOf(header: string | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals !== -1 && bare(pair.slice(0, equals)) === name ? [bare(pair.slice(equals + 1))] : [];
  });
}

/** Without the white space around it that RFC 6265, §5.2, takes off: no other. */
function bare(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
