/** The marks of a scale from 0 to a count or a little above it: whole, round (1, 2 or 5 times a power of ten apart), at most six. */
export function scaleUpTo(most: number): number[] {
  const least = Math.max(1, most / 5);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= least) ?? 10);
  const steps = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: steps + 1 }, (_none, index) => index * step);
}
