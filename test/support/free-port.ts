import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what the system gives to outgoing connections (32768 and more), and to whoever listens at port 0. */
const [FROM, TO] = [10_000, 32_000];

/**
 * A port that nobody listens on. Nor does anybody soon: the system never hands it out by itself, so that a service which is
 * started anew finds it free again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, TO);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (free) return port;
  }
}
