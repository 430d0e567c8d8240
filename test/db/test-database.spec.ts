import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('a test database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('has a clock that a spec can shift and set right again', async () => {
    const ahead = async () => {
      const [row] = await database.query<{ seconds: number }>(
        `SELECT round(extract(epoch FROM app_now() - statement_timestamp()))::int AS seconds`,
      );
      return row?.seconds;
    };
    await database.shiftClock(3_600);
    await database.shiftClock(90);
    expect(await ahead()).toBe(90);
    await database.shiftClock(0);
    expect(await ahead()).toBe(0);
  });
});
