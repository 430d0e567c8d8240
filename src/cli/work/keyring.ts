import { type KeyRingSource, keyRingSource, readEnv } from '../../config/env.js';
import { newSealingKey, type SealingKeys } from '../../config/sealing-keys.js';
import { replaceFile, saveSealingKeys } from '../../config/secrets.js';
import { KeyRingCheck } from '../../provider-keys/key-ring-check.js';
import { KeyRingRotation, WriterNotIntroduced } from '../../provider-keys/key-ring-rotation.js';
import type { Alone } from '../command.js';
import { withServices } from '../context.js';
import { CommandRefused } from '../refused.js';

export const add: Alone = (_given, output) => {
  const env = readEnv();
  const { kid, key } = newSealingKey();
  const ring = { ...env.SEALING_KEYS, keys: { ...env.SEALING_KEYS.keys, [kid]: key } };
  output.print({ kid, ...save(keyRingSource(env), ring) });
  return Promise.resolve();
};

export const rotate: Alone = async ({ fields: { to } }, output) => {
  if (to !== undefined) await promote(to as string);
  const { writer, resealed, unreadable } = await introduced(
    withServices((services) => services(KeyRingRotation).run()),
  );
  output.print({ writer, resealed, unreadable });
  if (unreadable.length > 0) process.exitCode = 1;
};

export const status: Alone = async (_given, output) => {
  const found = await withServices((services) => services(KeyRingRotation).status());
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
  const source = keyRingSource(env);
  if ('variable' in source)
    throw new CommandRefused('The key ring is in SEALING_KEYS: set its "writer" there.');
  if (!Object.hasOwn(env.SEALING_KEYS.keys, kid))
    throw new CommandRefused(`The key ring has no key "${kid}".`);
  if (!(await withServices((services) => services(KeyRingCheck).isIntroduced(kid))))
    throw new CommandRefused(new WriterNotIntroduced(kid).message);
  save(source, { ...env.SEALING_KEYS, writer: kid });
}

/** A writer that no service knows yet is refused, and what to do is said. */
async function introduced<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof WriterNotIntroduced ? new CommandRefused(error.message) : error;
  }
}

/** Writes the ring to where it was read from; a ring in a variable is for its owner to put there. */
function save(source: KeyRingSource, ring: SealingKeys): Record<string, unknown> {
  if ('variable' in source)
    return {
      sealing_keys: ring,
      for_the_environment: `SEALING_KEYS=${Buffer.from(JSON.stringify(ring)).toString('base64url')}`,
    };
  if ('file' in source) {
    replaceFile(source.file, JSON.stringify(ring));
    return { written_to: source.file };
  }
  saveSealingKeys(source.dataDir, ring);
  return { written_to: source.dataDir };
}
