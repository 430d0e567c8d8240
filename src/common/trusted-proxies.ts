import proxyAddr from '@fastify/proxy-addr';

/** Peers whose answer is kept. There are few: gateways, and of them the near ones. */
const KEPT = 1_000;

/** Whether the peer at an address is believed; `hops`, as the framework counts them, makes no difference. */
export type TrustProxy = (address: string, hops: number) => boolean;

/**
 * Whose word is taken for where a request came from: the peers in these networks (`TRUSTED_PROXIES`). Every request asks it at least once,
 * and to read an address takes longer than to look it up, so what was answered is kept. Errors: TypeError of a network that is none.
 */
export function trustedProxies(networks: readonly string[]): TrustProxy {
  if (networks.length === 0) return () => false;
  const trusts = proxyAddr.compile([...networks]);
  const kept = new Map<string, boolean>();
  return (address, hops) => {
    let answer = kept.get(address);
    if (answer === undefined) {
      answer = trusts(address, hops);
      if (kept.size === KEPT) kept.clear(); // addresses are the callers' to choose
      kept.set(address, answer);
    }
    return answer;
  };
}
