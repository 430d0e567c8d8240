import { performance } from 'node:perf_hooks';

/** Far more than anything here needs, on a busy machine too, and an end all the same: a loop without one outlives its test. */
const LONGEST_MS = 90_000;

/** Asks again and again until the answer is yes. For what happens behind an answer. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > LONGEST_MS)
      throw new Error(`It never came true: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve)); // so that what is waited for can happen here, too
  }
}
