import { isIPv4, isIPv6 } from 'node:net';

/** An IPv4 address with the port that some proxies append. */
const WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const MAPPED_IPV4 = /^(?:0:){5}ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;
const UNKNOWN = 'unknown';

/**
 * Whom an address belongs to, as far as counting goes: an IPv4 address is one caller, an IPv6 /64 is one, since its
 * holder has all of its addresses; IPv4 written as IPv6 is IPv4. What is no address is one caller too, all together, so
 * that nobody escapes the count by not having one (better-auth PR 9990).
 */
export function networkOf(address: string | undefined): string {
  if (address !== undefined && isIPv4(address)) return address; // nearly all of them
  const text = WITH_PORT.exec(address ?? '')?.[1] ?? address?.replace(/%.*$/, '') ?? '';
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return UNKNOWN;
  const groups = groupsOf(text);
  const mapped = MAPPED_IPV4.exec(groups.join(':'));
  if (mapped) return mapped.slice(1).map(twoBytes).join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

function twoBytes(group: string): string {
  const value = Number.parseInt(group, 16);
  return `${value >> 8}.${value & 255}`;
}
