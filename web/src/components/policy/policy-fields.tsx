import { NumberInput, Switch, TextInput, Title } from '@mantine/core';
import { tPolicy } from '../../strings/strings';
import { NetworksInput } from '../networks-input';
import type { Values } from './policy-values';

const words = tPolicy;

interface Props {
  values: Values;
  set: (change: Partial<Values>) => void;
  locked: boolean;
  errors: Readonly<Record<string, string>>;
}

/** The fields that name messages of their own. */
export const SHOWN = [
  'name',
  'policy.longest_key_lifetime_days',
  'policy.longest_unused_days',
  'policy.allowed_networks',
];

/** Every setting of an organization. */
export function PolicyFields({ values, set, locked, errors }: Props) {
  const days = { min: 1, max: 3650, allowDecimal: false, maw: 320, readOnly: locked, suffix: words.days };
  return (
    <>
      <TextInput
        label={words.labels.name}
        value={values.name}
        readOnly={locked}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
        error={errors['name']}
      />
      <Title order={2}>{words.title}</Title>
      <Switch
        label={words.labels.selfServe}
        description={words.selfServeHelp}
        checked={values.selfServe}
        disabled={locked}
        onChange={({ currentTarget }) => set({ selfServe: currentTarget.checked })}
      />
      <Switch
        label={words.labels.userWide}
        description={words.userWideHelp}
        checked={values.userWide}
        disabled={locked}
        onChange={({ currentTarget }) => set({ userWide: currentTarget.checked })}
      />
      <NumberInput
        {...days}
        label={words.labels.longestLife}
        description={words.longestLifeHelp}
        value={values.longestLife}
        onChange={(value) => set({ longestLife: Number(value) })}
        error={errors['policy.longest_key_lifetime_days']}
      />
      <NumberInput
        {...days}
        label={words.labels.longestUnused}
        description={words.longestUnusedHelp}
        placeholder={words.however}
        value={values.longestUnused ?? ''}
        min={0}
        onChange={(value) => set({ longestUnused: Number(value) || null })} // 0 is no limit, as the API's preview has it
        error={errors['policy.longest_unused_days']}
      />
      <NetworksInput
        description={words.networksHelp}
        readOnly={locked}
        value={values.networks}
        onChange={(networks) => set({ networks })}
        error={errors['policy.allowed_networks']}
      />
      <Switch
        label={words.labels.enforce}
        description={words.enforceHelp}
        checked={values.enforce}
        disabled={locked}
        onChange={({ currentTarget }) => set({ enforce: currentTarget.checked })}
      />
    </>
  );
}
