import { KEY_TYPE_LABELS, type KeyType } from '../access/key-types.js';

const CHAINALYSIS_PRODUCTS = ['sanctions', 'address_screening', 'kyt'] as const;
const WORLD_CHECK_PRODUCTS = ['one', 'on_demand'] as const;

type Product = (typeof CHAINALYSIS_PRODUCTS)[number] | (typeof WORLD_CHECK_PRODUCTS)[number];

/** What is not secret about a provider key (contract §5): the product it opens, and ids that go along with a call. */
export interface ProviderSettings {
  readonly product?: Product;
  readonly group_id?: string;
  readonly organization?: string;
  readonly project?: string;
}

type Setting = { choices: readonly Product[]; standard: Product } | 'id';

const SETTINGS: Record<KeyType, Readonly<Record<string, Setting>>> = {
  H: { product: { choices: CHAINALYSIS_PRODUCTS, standard: 'sanctions' } },
  T: {},
  O: {},
  W: { product: { choices: WORLD_CHECK_PRODUCTS, standard: 'one' }, group_id: 'id' },
  C: {},
  A: { organization: 'id', project: 'id' },
  P: {},
};

/** Ids go into headers and paths: letters, digits, `-` and `_` only. */
const ID = /^[\w-]{1,128}$/;

/** Settings with their defaults filled in, or what is wrong with each, by name. */
export type ReadSettings =
  { readonly settings: ProviderSettings } | { readonly errors: Readonly<Record<string, string[]>> };

/** Reads the settings of a key of this type. A setting that the type doesn't have is an error, not silently dropped. */
export function readSettings(keyType: KeyType, given: Readonly<Record<string, unknown>> = {}): ReadSettings {
  const known = SETTINGS[keyType];
  const errors: Record<string, string[]> = {};
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const setting = Object.hasOwn(known, name) ? known[name] : undefined;
    const problem = setting
      ? problemOf(setting, value)
      : `Not a setting of ${KEY_TYPE_LABELS[keyType]} keys.`;
    if (problem) errors[name] = [problem];
    else settings[name] = value;
  }
  for (const [name, setting] of Object.entries(known)) {
    if (setting !== 'id') settings[name] ??= setting.standard;
  }
  return Object.keys(errors).length > 0 ? { errors } : { settings };
}

function problemOf(setting: Setting, value: unknown): string | undefined {
  if (value === null) return 'This field may not be null.';
  if (typeof value !== 'string') return 'Not a valid string.';
  if (value === '') return 'This field may not be blank.';
  if (setting === 'id')
    return ID.test(value) ? undefined : 'Use up to 128 letters, digits, hyphens and underscores.';
  return (setting.choices as readonly string[]).includes(value)
    ? undefined
    : `"${value}" is not a valid choice.`;
}
