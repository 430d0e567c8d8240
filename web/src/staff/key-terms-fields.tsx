import { Select, TextInput } from '@mantine/core';
import { type Expiry, ExpiryInput, USUAL_DAYS } from '../components/expiry-input';
import { NetworksInput, networksOf } from '../components/networks-input';
import { PersonSelect } from '../components/person-select';
import { tReview, tStaff, tNetworks } from '../strings/strings';
import { organizations, users } from './directories';

const words = tStaff.terms;

/** What a key for somebody is to be like, as a form says it. */
export interface Terms {
  readonly user: string;
  readonly organization: string;
  readonly name: string;
  readonly level: 'read_only' | 'full_access';
  readonly expiry: Expiry;
  readonly networks: string;
}

export const NO_TERMS: Terms = {
  user: '',
  organization: '',
  name: '',
  level: 'read_only',
  expiry: { days: USUAL_DAYS },
  networks: '',
};

/** The fields that show their own messages. */
export const TERM_FIELDS = [
  'user',
  'organization',
  'name',
  'access_level',
  'expires_at',
  'key_expires_at',
  'allowed_networks',
];

/** Terms as the API takes those parts that are called the same in a key and in a grant. */
export function termsOf({ user, name, level, networks }: Terms) {
  const allowed = networksOf(networks);
  return {
    user: Number(user),
    name,
    access_level: level,
    ...(allowed.length > 0 && { allowed_networks: allowed }),
  };
}

interface Props {
  terms: Terms;
  set: (change: Partial<Terms>) => void;
  errors: Readonly<Record<string, string>>;
  /** A key may be for all organizations of its user. */
  userWide: boolean;
}

/** Asks for whom a key is, and what it is to be like. */
export function KeyTermsFields({ terms, set, errors, userWide }: Props) {
  return (
    <>
      <PersonSelect
        directory={users}
        label={words.user}
        required
        value={terms.user}
        onChange={(user) => set({ user })}
        error={errors['user']}
      />
      <PersonSelect
        directory={organizations}
        label={words.organization}
        {...(userWide && { clearable: true })}
        required={!userWide}
        value={terms.organization}
        onChange={(organization) => set({ organization })}
        error={errors['organization']}
      />
      <TextInput
        label={words.name}
        maxLength={100}
        autoComplete="off"
        value={terms.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
        error={errors['name']}
      />
      <Select
        label={words.level}
        data={Object.entries(tReview.levels).map(([value, label]) => ({ value, label }))}
        value={terms.level}
        allowDeselect={false}
        onChange={(level) => set({ level: level as Terms['level'] })}
        error={errors['access_level']}
      />
      <ExpiryInput
        label={words.expires}
        value={terms.expiry}
        onChange={(expiry) => set({ expiry })}
        error={errors['expires_at'] ?? errors['key_expires_at']}
      />
      <NetworksInput
        description={tNetworks.ofKey}
        value={terms.networks}
        onChange={(networks) => set({ networks })}
        error={errors['allowed_networks']}
      />
    </>
  );
}
