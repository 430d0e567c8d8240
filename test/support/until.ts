/** Far more than anything here needs, and an end all the same: a loop without one would outlive its test. */
const MOST_TRIES = 5_000;

/** Asks again and again until the answer is yes. For what happens behind an answer. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) if (await condition()) return;
  throw new Error('It never came true.');
}
