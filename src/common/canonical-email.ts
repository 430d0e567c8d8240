import { domainToASCII } from 'node:url';

/**
 * The one form of an e-mail address that is stored, compared and counted by, so that look-alikes are one account (ASVS
 * 6.3.8, Auth.js GHSA-7rqj-j65f-68wh): Unicode compatibility forms folded (full-width `＠`), white space trimmed, lower
 * case, the dotted capital `İ` as `i`, the domain in ASCII without trailing dots. Text that is no address comes out as
 * some text that is none either: `isEmail` (users/email.ts) judges the result.
 */
export function canonicalEmail(text: string): string {
  const folded = text.normalize('NFKC').trim().toLowerCase().replaceAll('i\u0307', 'i').normalize('NFKC');
  const at = folded.lastIndexOf('@');
  if (at < 0) return folded;
  const domain = folded.slice(at + 1).replace(/[.\s]+$/, '');
  return `${folded.slice(0, at)}@${domainToASCII(domain) || domain}`;
}
