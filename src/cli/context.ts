import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { readEnv } from '../config/env.js';
import { openDatabase } from '../database/open-database.js';

/** Gives a command the same services that HTTP uses. */
export type Services = <T>(service: Type<T>) => T;

/**
 * Runs a command inside the application, without its HTTP side: beside a running server on the same database, or alone,
 * starting the embedded PostgreSQL for as long as the command takes.
 */
export async function withServices<T>(work: (services: Services) => Promise<T>): Promise<T> {
  const database = await openDatabase(readEnv());
  let app: INestApplicationContext | undefined;
  try {
    app = await NestFactory.createApplicationContext(AppModule.of(database.env), {
      logger: ['error', 'fatal'],
      abortOnError: false,
    });
    const context = app;
    return await work((service) => context.get(service, { strict: false }));
  } finally {
    await app?.close();
    await database.close();
  }
}
