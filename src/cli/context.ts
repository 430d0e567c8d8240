import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Env, readEnv } from '../config/env.js';
import { openDatabase } from '../database/open-database.js';
import { CommandModule } from './command.module.js';

/** Gives a command the same services that HTTP uses. */
export type Services = <T>(service: Type<T>) => T;

/**
 * Runs a command with the services that HTTP uses: beside a running server on the same database, or alone,
 * starting the embedded PostgreSQL for as long as the command takes.
 */
export async function withServices<T>(work: (services: Services) => Promise<T>): Promise<T> {
  const database = await openDatabase(readEnv());
  try {
    return await inContext(database.env, work);
  } finally {
    await database.close();
  }
}

/** The same on a database that is open. */
export async function inContext<T>(env: Env, work: (services: Services) => Promise<T>): Promise<T> {
  const app = await NestFactory.createApplicationContext(CommandModule.of(env), {
    logger: false, // what keeps it from standing is thrown, and told once
    abortOnError: false,
  });
  app.useLogger(['error', 'fatal']);
  try {
    return await work((service) => app.get(service, { strict: false }));
  } finally {
    await app.close();
  }
}
