import { type EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';

/** What src/database/migrate.ts exports. */
type Migrate = (options: Pick<EmbeddedPostgres, 'databaseUrl' | 'migrationDatabaseUrl'>) => Promise<void>;

/** Brings the template database to the newest schema. Every spec's database is a clone of it. */
export const migrateTemplate: Migrate = () => Promise.resolve(); // until migrate() is there
