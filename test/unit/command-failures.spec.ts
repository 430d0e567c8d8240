import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { failureOf } from '../../src/cli/failures.js';
import { UnusableAddress } from '../../src/process/failures.js';

it('an address that another process has is told as `address` with status 3: nothing was tried', async () => {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address() as AddressInfo;
  try {
    const second = createServer().listen(port, '127.0.0.1');
    const [error] = (await once(second, 'error').catch((thrown: unknown) => [thrown])) as unknown[];
    expect(failureOf(new UnusableAddress('127.0.0.1', error))).toEqual({
      status: 3,
      code: 'address',
      message: `127.0.0.1:${port} is taken: another process listens there. End it, or set another PORT.`,
    });
  } finally {
    first.close();
  }
});
