import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { dataSourceOptions } from './data-source.js';
import { NamedStatements } from './named-statements.js';
import { SessionCheck } from './session-check.js';

/** What may be over in a moment: a server that is being started or replaced. A password stays wrong. */
const PASSING = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', '57P03', '53300'];

/** The connection to PostgreSQL. Start-up does not wait for it: until it is there, `/readyz` says so. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [ENV],
      useFactory: (env: Env) => ({
        ...dataSourceOptions({ url: env.DATABASE_URL ?? '', poolSize: env.DATABASE_POOL_SIZE }),
        autoLoadEntities: true,
        retryAttempts: 3,
        retryDelay: 1_000,
        toRetry: (error: { code?: unknown }) => PASSING.includes(String(error.code)),
      }),
    }),
  ],
  providers: [NamedStatements, SessionCheck],
  exports: [NamedStatements],
})
export class DatabaseModule {}
