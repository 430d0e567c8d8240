/** What real calls with a key can show (contract §5). Nothing is disabled by it. */
export const KEY_HEALTH = [
  'unknown',
  'ok',
  'bad_key',
  'restricted',
  'quota',
  'rate_limited',
  'provider_down',
] as const;

export type KeyHealth = (typeof KEY_HEALTH)[number];
