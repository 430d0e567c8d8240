import { keySource, readEnv } from '../../config/env.js';
import { newSealingKey } from '../../config/sealing-keys.js';
import { KeyRingCheck } from '../../provider-keys/key-ring-check.js';
import { KeyRingRotation, WriterNotIntroduced } from '../../provider-keys/key-ring-rotation.js';
import type { Alone } from '../command.js';
import { withServices } from '../context.js';
import { CommandRefused } from '../refused.js';
import { saveRolled } from './rolled-keys.js';

export const add: Alone = (_given, output) => {
  const env = readEnv();
  const { kid, key } = newSealingKey();
  const ring = { ...env.SEALING_KEYS, keys: { ...env.SEALING_KEYS.keys, [kid]: key } };
  output.print({ kid, ...saveRolled('SEALING_KEYS', env, ring) });
  return Promise.resolve();
};

export const rotate: Alone = async ({ fields: { to } }, output) => {
  if (to !== undefined) await promote(to as string);
  const { writer, resealed, unreadable } = await introduced(
    withServices((services) =>
      output.progress('sealed anew', (onProgress) => services(KeyRingRotation).run(onProgress)),
    ),
  );
  output.print({ writer, resealed, unreadable });
  if (unreadable.length > 0) process.exitCode = 1;
};

export const status: Alone = async (_given, output) => {
  const found = await withServices((services) =>
    output.progress('opened', (onProgress) => services(KeyRingRotation).status(onProgress)),
  );
  const { writer, keys, rows, underOldKeys, unreadable } = found;
  output.print({
    writer,
    keys,
    rows,
    attests: `${underOldKeys} rows under an old key`,
    under_old_keys: underOldKeys,
    unreadable,
  });
  if (unreadable.length > 0) process.exitCode = 1;
};

/** Makes a key the writer, once services can open what it seals. */
async function promote(kid: string): Promise<void> {
  const env = readEnv();
  if ('variable' in keySource('SEALING_KEYS', env))
    throw new CommandRefused('The key ring is in SEALING_KEYS: set its "writer" there.');
  if (!Object.hasOwn(env.SEALING_KEYS.keys, kid))
    throw new CommandRefused(`The key ring has no key "${kid}".`);
  if (!(await withServices((services) => services(KeyRingCheck).isIntroduced(kid))))
    throw new CommandRefused(new WriterNotIntroduced(kid).message);
  saveRolled('SEALING_KEYS', env, { ...env.SEALING_KEYS, writer: kid });
}

/** A writer that no service knows yet is refused, and what to do is said. */
async function introduced<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof WriterNotIntroduced ? new CommandRefused(error.message) : error;
  }
}
