import type { DataSourceOptions } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { SnakeNamingStrategy } from './naming.strategy.js';

interface Connection {
  url: string;
  poolSize: number;
}

/**
 * How this service talks to PostgreSQL. The limits keep one stuck statement or forgotten transaction from taking the
 * service with it (milliseconds): what runs into one of them is answered 503.
 */
export function dataSourceOptions({
  url,
  poolSize,
}: Connection): PostgresDataSourceOptions & DataSourceOptions {
  return {
    type: 'postgres',
    url,
    namingStrategy: new SnakeNamingStrategy(),
    synchronize: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    poolSize,
    applicationName: 'cryptocomply-auth',
    connectTimeoutMS: 3_000,
    extra: {
      statement_timeout: 10_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 15_000,
    },
  };
}
