import { timeOfDay } from '../../common/clock.js';
import { type Env, readEnv } from '../../config/env.js';
import { newSigningKey } from '../../config/secrets.js';
import type { Alone } from '../command.js';
import type { Column } from '../output.js';
import { CommandRefused } from '../refused.js';
import { wordOf } from './queries.js';
import { saveRolled } from './rolled-keys.js';

type SigningKey = Env['JWT_KEYS']['keys'][number];

interface ListedKey {
  readonly kid: string;
  readonly signs: boolean;
  readonly made_at: Date | null;
}

const COLUMNS: readonly Column<ListedKey>[] = [
  ['kid', ({ kid }) => kid],
  ['signs', ({ signs }) => (signs ? 'yes' : 'no')],
  ['made at', ({ made_at: at }) => at],
];

export const list: Alone = async (_given, output) => {
  await output.all(COLUMNS, readEnv().JWT_KEYS.keys.map(listed));
};

export const add: Alone = (_given, output) => {
  const env = readEnv();
  const key = newSigningKey(Math.floor(timeOfDay() / 1000));
  output.print({ kid: key['kid'], ...saveRolled('JWT_KEYS', env, { keys: [...env.JWT_KEYS.keys, key] }) });
  return Promise.resolve();
};

export const rotate: Alone = ({ fields: { to } }, output) => {
  const env = readEnv();
  const signer = find(env, to as string);
  const others = env.JWT_KEYS.keys.filter((key) => key !== signer);
  output.print({ signs: signer.kid, ...saveRolled('JWT_KEYS', env, { keys: [signer, ...others] }) });
  return Promise.resolve();
};

export const retire: Alone = (given, output) => {
  const env = readEnv();
  const retired = find(env, wordOf(given));
  const [signer, ...others] = env.JWT_KEYS.keys;
  if (retired === signer)
    throw new CommandRefused(
      `The key "${retired.kid}" signs: let another one sign first, with \`signing-keys rotate\`.`,
    );
  const keys = [signer, ...others.filter((key) => key !== retired)];
  output.print({ retired: retired.kid, ...saveRolled('JWT_KEYS', env, { keys }) });
  return Promise.resolve();
};

function find({ JWT_KEYS: { keys } }: Env, kid: string): SigningKey {
  const key = keys.find((one) => one.kid === kid);
  if (!key) throw new CommandRefused(`There is no signing key "${kid}".`);
  return key;
}

function listed({ kid, iat }: SigningKey, at: number): ListedKey {
  return { kid, signs: at === 0, made_at: typeof iat === 'number' ? new Date(iat * 1000) : null };
}
