import { addressOf, readNetwork } from '../../src/common/addresses.js';

describe('An address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['::ffff:0:192.0.2.7', '::ffff:0:c000:207'], // another kind of embedding (RFC 2765): IPv6
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['::', '::'],
  ])('%s is %s', (text, address) => {
    expect(addressOf(text)).toBe(address);
  });

  it.each([
    undefined,
    '',
    'unknown',
    '192.0.2',
    '192.0.2.256',
    '010.0.0.1',
    '0x7f.1',
    '192.0.2.7:80',
    '1::2::3',
  ])('%s is none', (text) => {
    expect(addressOf(text)).toBeNull();
  });
});

describe('A network', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.7/32', '192.0.2.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['2001:DB8:0::/48', '2001:db8::/48'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['::ffff:0.0.0.0/96', '0.0.0.0/0'],
  ])('%s is %s', (text, network) => {
    expect(readNetwork(text)).toEqual({ network });
  });

  it.each([
    ['192.0.2.7/24', '192.0.2.0', 24],
    ['10.1.0.0/8', '10.0.0.0', 8],
    ['0.0.0.1/0', '0.0.0.0', 0],
    ['2001:db8::1/48', '2001:db8::', 48],
    ['::ffff:192.0.2.7/95', '::fffe:0:0', 95],
  ])('%s has bits behind its prefix, and is told where it begins', (text, begin, bits) => {
    expect(readNetwork(text)).toEqual({
      problem: `This network begins at ${begin}: write ${begin}/${bits}.`,
    });
  });

  it.each([
    '',
    '/24',
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/+8',
    '192.0.2.0/24/24',
    '192.0.2.0/255.255.255.0',
    '192.0.2/24',
    '010.0.0.0/8',
    '2001:db8::/129',
    'fe80::%eth0/64',
    'fe80::1%eth0',
    'example.com',
    '192.0.2.0 /24',
    '192.0.2.0/24 ',
    '192.0.2.0/1e1',
  ])('%j is none', (text) => {
    expect(readNetwork(text)).toEqual({
      problem: 'Enter a valid network, like 192.0.2.0/24 or 2001:db8::/32.',
    });
  });
});
