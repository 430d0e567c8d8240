import { grouped } from '../../src/common/grouped.js';

/** Statements as they were sent, each answered when the test says so. */
class Statements {
  readonly sent: { keys: readonly string[]; answer: () => void; fail: () => void }[] = [];

  readonly fetch = (keys: readonly string[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      this.sent.push({
        keys,
        answer: () => resolve(keys.map((key) => `row of ${key}`)),
        fail: () => reject(new Error('connection lost')),
      });
    });
}

/** One turn of the event loop: all that a lookup ever waits for, besides the database. */
const turn = () => new Promise(setImmediate);

describe('One statement for all who wait at the same moment (ADR 0004)', () => {
  let statements: Statements;
  let load: (key: string) => Promise<string | undefined>;

  beforeEach(() => {
    statements = new Statements();
    load = grouped(statements.fetch);
  });

  it('sends the statement of a lone request in the same turn of the event loop', async () => {
    const row = load('a');
    await turn();
    expect(statements.sent.map(({ keys }) => keys)).toEqual([['a']]);
    statements.sent[0]?.answer();
    expect(await row).toBe('row of a');
  });

  it('sends one statement for requests of the same turn, and gives each its own row', async () => {
    const rows = Promise.all([load('a'), load('b'), load('a')]);
    await turn();
    expect(statements.sent.map(({ keys }) => keys)).toEqual([['a', 'b', 'a']]);
    statements.sent[0]?.answer();
    expect(await rows).toEqual(['row of a', 'row of b', 'row of a']);
  });

  it('lets nobody join a statement under way: its answer may be older than the request (A15)', async () => {
    const first = load('a');
    await turn();
    const second = load('a');
    await turn();
    expect(statements.sent).toHaveLength(1);
    statements.sent[0]?.answer();
    await first;
    await turn();
    expect(statements.sent).toHaveLength(2);
    statements.sent[1]?.answer();
    expect(await second).toBe('row of a');
  });

  it('holds nobody longer than until the statement in flight returns: the next goes out in that turn, with all who wait', async () => {
    const first = load('a');
    await turn();
    const waiting: Promise<unknown>[] = [];
    for (const key of ['b', 'c', 'd']) {
      waiting.push(load(key));
      await turn();
    }
    statements.sent[0]?.answer();
    await first;
    await turn();
    expect(statements.sent.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c', 'd']]);
    statements.sent[1]?.answer();
    await Promise.all(waiting);
  });

  it('sends the next statement before anybody goes on with the answers of the last', async () => {
    const first = load('a').then(() => statements.sent.length);
    await turn();
    const second = load('b');
    await turn();
    statements.sent[0]?.answer();
    expect(await first).toBe(2);
    statements.sent[1]?.answer();
    await second;
  });

  it('fails the requests of a statement that fails, and nobody else', async () => {
    const first = load('a');
    await turn();
    const second = load('b');
    statements.sent[0]?.fail();
    await expect(first).rejects.toThrow('connection lost');
    await turn();
    statements.sent[1]?.answer();
    expect(await second).toBe('row of b');
  });

  it('keeps nothing: asking again asks the database again (A15)', async () => {
    for (const n of [0, 1]) {
      const row = load('a');
      await turn();
      statements.sent[n]?.answer();
      await row;
    }
    expect(statements.sent).toHaveLength(2);
  });

  it('splits more than 500 into statements that follow each other', async () => {
    const rows = Promise.all(Array.from({ length: 501 }, (_, n) => load(String(n))));
    await turn();
    statements.sent[0]?.answer();
    await turn();
    await turn();
    statements.sent[1]?.answer();
    expect((await rows)[500]).toBe('row of 500');
    expect(statements.sent.map(({ keys }) => keys.length)).toEqual([500, 1]);
  });
});
