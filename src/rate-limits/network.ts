import ipaddr from 'ipaddr.js';
import { isIPv4 } from 'node:net';
import { addressOf } from '../common/addresses.js';

/** An IPv4 address with the port that some proxies append. */
const WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const UNKNOWN = 'unknown';

/**
 * Whom an address belongs to, as far as counting goes: an IPv4 address is one caller, an IPv6 /64 is one, since its
 * holder has all of its addresses; IPv4 written as IPv6 is IPv4. What is no address is one caller too, all together, so
 * that nobody escapes the count by not having one (better-auth PR 9990).
 */
export function networkOf(text: string | undefined): string {
  const address = addressOf(WITH_PORT.exec(text ?? '')?.[1] ?? text);
  if (address === null) return UNKNOWN;
  if (isIPv4(address)) return address; // nearly all of them
  const groups = ipaddr.IPv6.parse(address).parts.slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}
