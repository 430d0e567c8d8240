import { type Env, keySource, type RolledKeys } from '../../config/env.js';
import { replaceFile, saveKeys } from '../../config/secrets.js';

/**
 * Writes keys to where they were read from, and says where that is; keys in a variable are told, for its owner to put
 * them there.
 */
export function saveRolled(name: RolledKeys, env: Env, keys: object): Record<string, unknown> {
  const source = keySource(name, env);
  if ('variable' in source)
    return {
      [name.toLowerCase()]: keys,
      for_the_environment: `${name}=${Buffer.from(JSON.stringify(keys)).toString('base64url')}`,
    };
  if ('file' in source) {
    replaceFile(source.file, JSON.stringify(keys));
    return { written_to: source.file };
  }
  saveKeys(source.dataDir, name, keys);
  return { written_to: source.dataDir };
}
