import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Server } from 'node:net';
import { setImmediate as afterPolling, setTimeout as delay } from 'node:timers/promises';
import { StopSignal } from '../common/background/stop-signal.js';
import { monotonicMs } from '../common/clock.js';
import { HealthService } from '../health/health.service.js';

/**
 * What a connection gets to send its last request, in milliseconds: more than the second after which a proxy as in
 * deploy/proxies itself ends a connection that idles.
 */
const LAST_REQUEST_MS = 2_000;
/** For how long at most the service waits for a moment in which nobody waits to be accepted, in milliseconds. */
const LONGEST_QUEUE_MS = 2_000;
/** A turn of the event loop that took longer may have let somebody in behind its back, in milliseconds. */
const QUIET_TURN_MS = 1;

/**
 * Leaves without losing a request: stops background work, and says so at `/readyz` for `seconds`, while everything is
 * still answered; then takes no new connections, and makes each answer the last on its own. That comes after, for whoever
 * may not keep a connection opens another. Ends before those in flight are answered: closing the application waits for them.
 */
export async function drain(app: NestFastifyApplication, seconds: number): Promise<void> {
  app.get(HealthService, { strict: false }).leave();
  app.get(StopSignal, { strict: false }).give();
  const server = app.getHttpServer() as Server;
  if (!server.listening) return;
  await delay(seconds * 1000);
  await nobodyWaits(server);
  // The listener alone: an HTTP server that closes also cuts off whoever has just connected and is about to ask.
  Server.prototype.close.call(server);
  if (seconds === 0) return;
  await delay(LAST_REQUEST_MS);
  await afterPolling(); // and what was sent meanwhile has been read
}

/**
 * Resolves when no connection waits to be accepted: the kernel resets those that do when their listener closes, with whatever they
 * have sent, and a proxy must not repeat a write. The event loop accepts one in a turn (libuv 1.45 and later), so
 * that a process which stood still, or is busy, has a queue of them.
 */
async function nobodyWaits(server: Server): Promise<void> {
  const longest = monotonicMs() + LONGEST_QUEUE_MS;
  let accepted = 0;
  const count = (): void => {
    accepted += 1;
  };
  server.on('connection', count);
  for (;;) {
    const before = accepted;
    const turned = monotonicMs();
    await afterPolling();
    const now = monotonicMs();
    if ((accepted === before && now - turned < QUIET_TURN_MS) || now > longest) break;
  }
  server.off('connection', count);
}
