import { median, summary } from './statistics.mjs';

/** Servers that were measured before. */
const warm = new WeakSet();

/**
 * Measures contenders in turn, several rounds of them, every other round in reverse order, so that what the machine does
 * beside us falls on all of them alike. Those whose server is new are measured once before, which doesn't count. A
 * contender is `{ name, server, requests, connections?, accept?, beside? }`; `beside(seconds)` is what else goes on while it
 * is measured. `before`: how many rounds of the same were taken.
 */
export async function takeRounds(generator, contenders, { rounds, seconds, connections = 64, before = 0 }) {
  const measure = (contender) => generator.measure(contender.server, { connections, seconds, ...contender });
  const cold = contenders.filter(({ server }) => !warm.has(server));
  for (const contender of cold) {
    console.error(`  warming ${contender.name}`);
    await measure(contender);
    warm.add(contender.server);
  }
  const taken = new Rounds();
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of (before + round) % 2 === 0 ? contenders : [...contenders].reverse()) {
      const [result, beside] = await Promise.all([measure(contender), contender.beside?.(seconds + 1)]);
      taken.add(contender.name, { ...result, beside });
      console.error(
        `  round ${before + round + 1}, ${contender.name}: ${result.perSecond.toFixed(0)} requests/s, ${result.both.toFixed(1)} µs of both`,
      );
    }
  }
  return taken;
}

/** What was measured, by contender and round. */
export class Rounds {
  #results = new Map();

  add(name, result) {
    this.#results.set(name, [...(this.#results.get(name) ?? []), result]);
  }

  /** Several of the same contenders as one. */
  static of(several) {
    const all = new Rounds();
    for (const rounds of several) {
      for (const name of rounds.names) for (const result of rounds.all(name)) all.add(name, result);
    }
    return all;
  }

  get names() {
    return [...this.#results.keys()];
  }

  all(name) {
    return this.#results.get(name);
  }

  /** Median, least and most of one figure. */
  of(name, figure = 'perSecond') {
    return summary(this.#results.get(name).map((result) => result[figure]));
  }

  /** Median over the rounds of one contender's figure divided by another's of the same round. */
  ratio(name, base, figure = 'perSecond') {
    const below = this.#results.get(base);
    return median(this.#results.get(name).map((result, round) => result[figure] / below[round][figure]));
  }

  /** Median over the rounds of what one contender's figure is above another's of the same round. */
  difference(name, base, figure) {
    const below = this.#results.get(base);
    return median(this.#results.get(name).map((result, round) => result[figure] - below[round][figure]));
  }

  /** The same in shares of a third's. */
  differenceBy(name, base, unit, figure) {
    const [below, by] = [this.#results.get(base), this.#results.get(unit)];
    return median(
      this.#results
        .get(name)
        .map((result, round) => (result[figure] - below[round][figure]) / by[round][figure]),
    );
  }
}
