import ipaddr from 'ipaddr.js';
import { isIP, isIPv4 } from 'node:net';

/** A network (RFC 4632, RFC 4291 §2.3) as text, or what is wrong with it. */
export type ReadNetwork = { readonly network: string } | { readonly problem: string };

/**
 * An address in one form: IPv4 that is written as IPv6 (`::ffff:192.0.2.7`) is IPv4, and an IPv6 address names no interface of
 * ours (`%eth0`). `null`: no address.
 */
export function addressOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (isIPv4(text)) return text; // nearly all of them
  const bare = text.replace(/%.*$/, '');
  return isIP(bare) === 0 ? null : ipaddr.process(bare).toString();
}

/**
 * Reads a network, `192.0.2.0/24` or `2001:db8::/32`; a bare address is the network of it alone. IPv4 that is written as IPv6 is
 * IPv4, as in addresses. Bits behind the prefix are a mistake: nobody knows whether the host was meant or the network.
 */
export function readNetwork(text: string): ReadNetwork {
  const [, address = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = address.includes('%') ? 0 : isIP(address);
  const whole = version === 4 ? 32 : 128;
  const bits = length === undefined ? whole : Number(length);
  if (version === 0 || bits > whole) return { problem: NO_NETWORK };
  const network = networkAddress(address, bits);
  if (ipaddr.parse(address).toString() !== network.toString()) {
    return { problem: `This network begins at ${network.toString()}: write ${network.toString()}/${bits}.` };
  }
  if (network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && bits >= MAPPED_BITS) {
    return { network: `${network.toIPv4Address().toString()}/${bits - MAPPED_BITS}` };
  }
  return { network: `${network.toString()}/${bits}` };
}

const NO_NETWORK = 'Enter a valid network, like 192.0.2.0/24 or 2001:db8::/32.';

/** Bits in front of the IPv4 address that an IPv6 address holds. */
const MAPPED_BITS = 96;

function networkAddress(address: string, bits: number): ipaddr.IPv4 | ipaddr.IPv6 {
  const cidr = `${address}/${bits}`;
  return isIPv4(address)
    ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
    : ipaddr.IPv6.networkAddressFromCIDR(cidr);
}
