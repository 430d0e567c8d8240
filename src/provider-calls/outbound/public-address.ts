import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';

/** Addresses that no provider lives at (IANA special-purpose registries): private, loopback, link-local, multicast, … */
const V4_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Only 2000::/3 is handed out; within it, documentation and the tunnels that carry an IPv4 address along. */
const V6_RANGES = ['::/3', '4000::/2', '8000::/1', '2001::/32', '2001:db8::/32', '2002::/16', '3fff::/20'];

// two lists: a BlockList with both would take every IPv4 address for one of ::/3
const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [family, ranges] of [
  ['ipv4', V4_RANGES],
  ['ipv6', V6_RANGES],
] as const) {
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    lists[family].addSubnet(network, Number(bits), family);
  }
}

/** Is this an address of the public internet? IPv4 addresses in IPv6 clothes (`::ffff:…`, 64:ff9b::…) are not taken. */
export function isPublicAddress(address: string): boolean {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return !lists[family].check(address, family);
}

/**
 * A DNS lookup that refuses a name with any address that is not public: the hosts are fixed, but their DNS is not ours
 * (security J4). `exempt` names hosts that were pointed elsewhere on purpose, for tests and the demo.
 */
export function publicLookup(exempt: ReadonlySet<string>): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error) return callback(error, '');
      if (!first || (!exempt.has(hostname) && !addresses.every(({ address }) => isPublicAddress(address)))) {
        return callback(
          Object.assign(new Error('The name leads to an address that is not public.'), {
            code: 'ENOTPUBLIC',
          }),
          '',
        );
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
