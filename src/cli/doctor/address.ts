import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Env } from '../../config/env.js';
import { obstacleOf, UnusableAddress } from '../../process/failures.js';
import { type Finding, finding, problem } from './finding.js';

/** Whether HOST names an address of this machine. The port is not tried: the service itself may have it. */
export async function examineAddress({ HOST, PORT }: Pick<Env, 'HOST' | 'PORT'>): Promise<Finding> {
  const server = createServer();
  try {
    await once(server.listen({ host: HOST, port: 0 }), 'listening');
    return finding('address', `${HOST}, port ${PORT}`);
  } catch (error) {
    const obstacle = obstacleOf(new UnusableAddress(HOST, error));
    if (!obstacle) throw error;
    return finding('address', `${HOST} can't be listened on`, problem(obstacle.message));
  } finally {
    server.close();
  }
}
