import type { KeyType } from '../../access/key-types.js';
import type { ProviderSettings } from '../../provider-keys/provider-settings.js';
import type { Adapter } from './adapter.js';
import { castellum } from './castellum.js';
import { chainalysis } from './chainalysis.js';
import { openSanctions } from './open-sanctions.js';
import { openai } from './openai.js';
import { perplexity } from './perplexity.js';
import { trm } from './trm.js';
import { worldCheck } from './world-check.js';

const ADAPTERS: Record<KeyType, (settings: ProviderSettings) => Adapter> = {
  H: chainalysis,
  T: trm,
  O: openSanctions,
  W: worldCheck,
  C: castellum,
  A: openai,
  P: perplexity,
};

/** The adapter of the product that a key of this type and these settings opens. */
export function adapterFor(keyType: KeyType, settings: ProviderSettings): Adapter {
  return ADAPTERS[keyType](settings);
}
