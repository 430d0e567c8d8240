const BAR = 26;
const GAP = 10;
const LEFT = 150;
const WIDTH = 560;
const TOP = 56;

/** A bar for every server, its length the logarithm of the CPU time of a request; the thin line spans least to most. */
export function plotOf(peers) {
  const bars = peers.names
    .map((name) => ({ name, ...peers.of(name, 'both') }))
    .sort((a, b) => a.median - b.median);
  const top = 10 ** Math.ceil(Math.log10(bars.at(-1).most));
  const x = (value) => LEFT + (Math.log10(Math.max(value, 1)) / Math.log10(top)) * WIDTH;
  const height = TOP + bars.length * (BAR + GAP) + 30;
  const grid = Array.from({ length: Math.log10(top) + 1 }, (_, power) => 10 ** power).map(
    (value) =>
      `<line x1="${n(x(value))}" y1="${TOP - 8}" x2="${n(x(value))}" y2="${height - 30}" stroke="#d7dbe0"/>` +
      `<text x="${n(x(value))}" y="${height - 12}" text-anchor="middle" fill="#57606a">${value.toLocaleString('en')}</text>`,
  );
  const rows = bars.map(({ name, median, least, most }, index) => {
    const y = TOP + index * (BAR + GAP);
    const middle = y + BAR / 2;
    const ours = ['open', 'keyed', 'check', 'JWT', 'session', 'garbage', 'query per request'].includes(name);
    return (
      `<text x="${LEFT - 10}" y="${middle + 4}" text-anchor="end" fill="#24292f"${name === 'keyed' ? ' font-weight="bold"' : ''}>${name}</text>` +
      `<rect x="${LEFT}" y="${y}" width="${n(x(median) - LEFT)}" height="${BAR}" fill="${name === 'keyed' ? '#0969da' : ours ? '#80b3f0' : '#afb8c1'}"/>` +
      `<line x1="${n(x(least))}" y1="${middle}" x2="${n(x(most))}" y2="${middle}" stroke="#24292f"/>` +
      `<text x="${n(Math.max(x(median), x(most)) + 8)}" y="${middle + 4}" fill="#24292f">${Math.round(median).toLocaleString('en')}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 80} ${height}" font-family="system-ui, sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="26" font-size="16" font-weight="bold" fill="#24292f">CPU time of server and PostgreSQL per request in µs, 64 connections (logarithmic)</text>
${[...grid, ...rows].join('\n')}
</svg>
`;
}

const n = (value) => value.toFixed(1);
