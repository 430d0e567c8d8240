import { canonicalEmail } from '../../src/common/canonical-email.js';

describe('E-mail addresses in canonical form', () => {
  it('fold look-alikes into one (D10)', () => {
    for (const text of ['Ann@Example.com', ' ann@example.com.. ', 'ann＠example.com']) {
      expect(canonicalEmail(text)).toBe('ann@example.com');
    }
    expect(canonicalEmail(`${' '.repeat(60_000)}Ann@example.com`)).toBe('ann@example.com');
  });

  it('text too long for an address is not folded at all: that would take seconds, and anybody may send it (E6)', () => {
    const ideographs = Array.from({ length: 20_000 }, (_, i) => String.fromCharCode(0x4e00 + i)).join('');
    for (const domain of [`${'.'.repeat(60_000)}x`, ideographs]) {
      expect(canonicalEmail(` A@${domain} `)).toBe(`A@${domain}`);
    }
  });
});
