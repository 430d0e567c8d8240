import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
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

it('a file that is not there is told as that, with status 3, and not as a database that is out of reach', async () => {
  const errors = [
    [
      await readFile('/nowhere/root.crt').catch(itself),
      "no such file or directory, open '/nowhere/root.crt'",
    ],
    [await mkdir('/nowhere/data').catch(itself), "no such file or directory, mkdir '/nowhere/data'"],
  ] as const;
  for (const [error, what] of errors)
    expect(failureOf(error)).toEqual({
      status: 3,
      code: 'settings',
      message: `ENOENT: ${what}. Is it there, and may this account use it?`,
    });
});

it('a socket of the database that is not there is a database that is out of reach', async () => {
  const [error] = (await once(connect('/nowhere/.s.PGSQL.5432'), 'error').catch((thrown: unknown) => [
    thrown,
  ])) as unknown[];
  expect(failureOf(error)).toEqual({
    status: 3,
    code: 'database',
    message:
      "The database can't be reached: connect ENOENT /nowhere/.s.PGSQL.5432. Is it running, and is the URL right?",
  });
});

const itself = (thrown: unknown): unknown => thrown;
