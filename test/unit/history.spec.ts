import { History } from '../support/history.js';

const answer = (status: number) => () => Promise.resolve({ status });

describe('The judge of histories', () => {
  it('names a use that starts after a revocation was acknowledged and is accepted all the same', async () => {
    const history = new History(200);
    await history.use(answer(200));
    await history.change(401, answer(204));
    await history.use(answer(200));
    expect(history.violations()).toEqual(['answered 200, possible were 401']);
  });

  it('names a use that is refused before anything was revoked', async () => {
    const history = new History(200);
    await history.use(answer(401));
    await history.change(401, answer(204));
    expect(history.violations()).toEqual(['answered 401, possible were 200']);
  });

  it.each([200, 401])('accepts %d from a use that overlaps the change, and from it alone', async (status) => {
    const history = new History(200);
    let finish: (value: { status: number }) => void = () => undefined;
    const overlapping = history.use(() => new Promise((resolve) => (finish = resolve)));
    await history.change(401, answer(204));
    finish({ status });
    await overlapping;
    await history.use(answer(401));
    expect(history.violations()).toEqual([]);
    expect(history.counts()).toEqual({ answered: 2, decided: 1, lost: 0, changes: 1 });
  });

  it('takes nothing from an outage or a lost answer', async () => {
    const history = new History(200);
    await history.use(answer(503));
    await history.use(() => Promise.reject(new Error('reset')));
    expect(history.violations()).toEqual([]);
    expect(history.counts()).toMatchObject({ answered: 0, lost: 2 });
  });

  it('names a use that is accepted after another was refused, though the revocation was never acknowledged', async () => {
    const history = new History(200);
    await history.attempt(401, answer(503));
    await history.use(answer(200)); // not done yet
    await history.use(answer(401)); // done
    await history.use(answer(200));
    expect(history.violations()).toEqual(['answered 200, possible were 401']);
  });
});
