/** The third parties whose keys an organization can store. The letters are public API (contract §5) and never change. */
export const KEY_TYPE_LABELS = {
  H: 'Chainalysis',
  T: 'TRM',
  O: 'Open Sanctions',
  W: 'World Check',
  C: 'Castellum',
  A: 'OpenAI',
  P: 'Perplexity',
} as const;

export type KeyType = keyof typeof KEY_TYPE_LABELS;

export const KEY_TYPES = Object.keys(KEY_TYPE_LABELS) as readonly KeyType[];
