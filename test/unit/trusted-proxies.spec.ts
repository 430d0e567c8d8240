import { trustedProxies } from '../../src/common/trusted-proxies.js';

describe('The peers that are believed', () => {
  it.each([
    ['192.0.2.7', true],
    ['192.0.3.7', false],
    ['::ffff:192.0.2.7', true],
    ['2001:db8::1', true],
    ['2001:db9::1', false],
  ])('are those in the networks: %s is %s, however often it is asked', (address, believed) => {
    const trusts = trustedProxies(['192.0.2.0/24', '2001:db8::/32']);
    for (const hops of [0, 1, 0]) expect(trusts(address, hops)).toBe(believed);
  });

  it('are nobody where no network is named', () => {
    expect(trustedProxies([])('127.0.0.1', 0)).toBe(false);
  });

  it('stay the same after more addresses than are kept have asked', () => {
    const trusts = trustedProxies(['192.0.2.7']);
    expect(trusts('192.0.2.7', 0)).toBe(true);
    for (let n = 0; n < 3_000; n += 1) {
      expect(trusts(`198.51.${Math.floor(n / 250)}.${n % 250}`, 0)).toBe(false);
    }
    expect(trusts('192.0.2.7', 0)).toBe(true);
    expect(trusts('198.51.0.0', 0)).toBe(false);
  });
});
