import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { startTestApp, type TestApp } from '../support/app.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

it('the migrations make exactly the schema that the entities describe', async () => {
  const running = test.app.get(DataSource);
  const owner = new DataSource({
    ...dataSourceOptions({ url: test.database.migrationDatabaseUrl, poolSize: 1 }),
    entities: running.entityMetadatas.map(({ target }) => target),
  });
  await owner.initialize();
  try {
    const drift = await owner.driver.createSchemaBuilder().log();
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
  } finally {
    await owner.destroy();
  }
});
