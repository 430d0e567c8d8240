/** Asks again and again until the answer is yes; the test's own time limit ends it. For what happens behind an answer. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}
