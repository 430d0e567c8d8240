import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Server } from 'node:net';
import { setImmediate as afterPolling, setTimeout as delay } from 'node:timers/promises';
import { HealthService } from '../health/health.service.js';

/** What a connection that was accepted last gets to send its request, in milliseconds. */
const LAST_REQUEST_MS = 1_000;

/**
 * Leaves without losing a request: says so at `/readyz` for `seconds`, while everything is still answered, each answer the
 * last on its connection; then takes no new connections. Ends before those in flight are answered: closing the
 * application waits for them.
 */
export async function drain(app: NestFastifyApplication, seconds: number): Promise<void> {
  app.get(HealthService, { strict: false }).leave();
  const server = app.getHttpServer();
  if (!server.listening) return;
  await delay(seconds * 1000);
  await afterPolling(); // what waited to be accepted, however long this process stood still, is
  // The listener alone: an HTTP server that closes also cuts off whoever has just connected and is about to ask.
  Server.prototype.close.call(server);
  if (seconds === 0) return;
  await delay(LAST_REQUEST_MS);
  await afterPolling(); // and what was sent meanwhile has been read
}
