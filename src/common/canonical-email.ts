import { domainToASCII } from 'node:url';

/** What domain names are made of, in any script; without it, text means something to URLs alone: `%61`, `[::1]`, `user@`. */
const DOMAIN = /^[\p{L}\p{N}\p{M}.\-\u3002]+$/u;

/** More characters than any address has (RFC 5321 §4.5.3.1.3), and few enough that no text costs much to fold. */
const LONGEST_TEXT = 254;

/**
 * The one form of an e-mail address that is stored, compared and counted by, so that look-alikes are one account (ASVS
 * 6.3.8, Auth.js GHSA-7rqj-j65f-68wh): Unicode compatibility forms folded (full-width `＠`), white space trimmed, lower
 * case, the dotted capital `İ` as `i`, the domain in ASCII without trailing dots. Text that is no address comes out as
 * some text that is none either: `EmailField` (users/email.ts) judges the result.
 *
 * Anybody can send text here before proving anything, and folding takes time that grows with the square of the length:
 * what is too long for an address is left as it is.
 */
export function canonicalEmail(text: string): string {
  const bare = text.trim();
  if (bare.length > LONGEST_TEXT) return bare;
  const folded = bare.normalize('NFKC').trim().toLowerCase().replaceAll('i\u0307', 'i').normalize('NFKC');
  const at = folded.lastIndexOf('@');
  if (at < 0) return folded;
  const domain = folded.slice(at + 1).replace(/[.\s]+$/, '');
  return `${folded.slice(0, at)}@${DOMAIN.test(domain) ? domainToASCII(domain) || domain : domain}`;
}
