import { startTestApp, type TestApp } from '../support/app.js';
import { recordFigure } from '../support/figures.js';
import { World } from '../support/lineage/world.js';

/** Random acts in all; `npm run test:long` takes 10,000. */
const STEPS = Number(process.env.LINEAGE_STEPS ?? 600);
/** Acts in one world: then most of its keys are dead. */
const STEPS_OF_A_WORLD = 200;
const SEED = Number(process.env.LINEAGE_SEED ?? (STEPS > 600 ? Date.now() % 1_000_000 : 1));

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

it('whatever is issued, rotated, narrowed, suspended, resumed, revoked and reported, by whom and in which order: no key outlives or outgrows its lineage, what a reported key made is suspended, what a revoked one made is shut, and no cure dies with what it cures', async () => {
  const done: Record<string, number> = {};
  for (let start = 0; start < STEPS; start += STEPS_OF_A_WORLD) {
    const world = await World.make(test, SEED + start);
    for (let step = 0; step < Math.min(STEPS_OF_A_WORLD, STEPS - start); step += 1) {
      await world.step();
      const at = { seed: SEED, start, step };
      expect({ ...at, violations: world.violations }).toEqual({ ...at, violations: [] });
    }
    for (const [name, times] of Object.entries(world.done)) done[name] = (done[name] ?? 0) + times;
    await test.database.shiftClock(0);
  }
  // every kind of act was there, or the history would say nothing of it
  expect(Object.keys(done)).toHaveLength(18);
  recordFigure(
    'faults/lineage',
    `${STEPS.toLocaleString('en')} random acts on keys from seed ${SEED}: **0 violations**`,
  );
}, 3_600_000);
