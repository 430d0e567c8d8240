import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** Far more than anything here needs, on a busy machine too, and an end all the same: a loop without one outlives its test. */
const LONGEST_MS = 90_000;
/** Between two questions, in milliseconds: what is waited for needs the processor, too. */
const PAUSE_MS = 5;

/** Asks again and again until the answer is yes. For what happens behind an answer. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > LONGEST_MS)
      throw new Error(`It never came true: ${condition.toString()}`);
    await delay(PAUSE_MS);
  }
}
