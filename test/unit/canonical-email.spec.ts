import { canonicalEmail } from '../../src/common/canonical-email.js';

describe('E-mail addresses in canonical form', () => {
  it('fold look-alikes into one (D10)', () => {
    for (const text of ['Ann@Example.com', ' ann@example.com.. ', 'ann＠example.com']) {
      expect(canonicalEmail(text)).toBe('ann@example.com');
    }
    expect(canonicalEmail('ann@BÜCHER。example')).toBe('ann@xn--bcher-kva.example');
    expect(canonicalEmail(`${' '.repeat(60_000)}Ann@example.com`)).toBe('ann@example.com');
  });

  it('text too long for an address is not folded at all: that would take seconds, and anybody may send it (E6)', () => {
    const ideographs = Array.from({ length: 20_000 }, (_, i) => String.fromCharCode(0x4e00 + i)).join('');
    for (const domain of [`${'.'.repeat(60_000)}x`, ideographs]) {
      expect(canonicalEmail(` A@${domain} `)).toBe(`A@${domain}`);
    }
  });

  it.each([
    'ex%61mple.com',
    'ex％61mple.com',
    'exam%ADple.com',
    'exa\u00admple.com',
    'exam\u200bple.com',
    'exam\u2060ple.com',
    'example.com/',
    'example.com:25',
    'example.com?x',
    'example.com\\',
    'exam\tple.com',
    'exam\nple.com',
    'example%2ecom',
  ])('what is no domain name is not read as a URL would be: %j is not example.com', (domain) => {
    const canonical = canonicalEmail(`bob@${domain}`);
    expect(canonical).not.toBe('bob@example.com');
    expect(canonical).toMatch(/[^a-z0-9.@-]/);
  });
});
