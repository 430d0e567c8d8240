import { PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { tOrganization } from '../strings/strings';
import type { CurrentOrganization } from './current';
import type { ProviderKey } from './queries';

const words = tOrganization.providerKeys;

type KeyType = ProviderKey['key_type'];

/** What each provider's key has besides its secret: a choice of products, or an id. */
const SETTINGS: Readonly<Partial<Record<KeyType, Readonly<Record<string, readonly string[] | 'id'>>>>> = {
  H: { product: ['sanctions', 'address_screening', 'kyt'] },
  W: { product: ['one', 'on_demand'], group_id: 'id' },
  A: { organization: 'id', project: 'id' },
};

interface Props {
  organization: CurrentOrganization;
  /** The key whose secret is replaced; none: a new key. */
  replaced?: ProviderKey;
  onClose: () => void;
}

/** Asks for a provider's key with the provider's own fields. The secret leaves this dialog once, to be stored sealed. */
export function ProviderKeyDialog({ organization, replaced, onClose }: Props) {
  const client = useQueryClient();
  const [keyType, setKeyType] = useState<KeyType>(replaced?.key_type ?? 'H');
  const [name, setName] = useState('');
  const [keyId, setKeyId] = useState('');
  const [secret, setSecret] = useState('');
  const [settings, setSettings] = useState<Readonly<Record<string, string>>>({});
  const isPair = keyType === 'W';
  const key = isPair ? `${keyId}:${secret}` : secret;
  const known = SETTINGS[keyType] ?? {};
  const storing = useMutation({
    mutationFn: () => {
      const path = { org_pk: organization.id };
      if (replaced) {
        const params = { path: { ...path, api_key_pk: replaced.id } };
        return answerOf(api.PATCH('/api/orgs/{org_pk}/api-keys/{api_key_pk}/', { params, body: { key } }));
      }
      const given = Object.entries(settings).filter(([setting, value]) => setting in known && value !== '');
      return answerOf(
        api.POST('/api/orgs/{org_pk}/api-keys/', {
          params: { path },
          body: { key_type: keyType, key, name, settings: Object.fromEntries(given) },
        }),
      );
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['organization', organization.id] });
      onClose();
    },
  });
  const fields = storing.error?.fields ?? {};
  return (
    <FormDialog
      title={replaced ? words.replaceTitle(tOrganization.providers[keyType]) : words.addTitle}
      onClose={onClose}
      verb={words.store}
      onSubmit={() => storing.mutate()}
      pending={storing.isPending}
      error={storing.error}
      fields={['key', 'name']}
    >
      {!replaced && (
        <>
          <Select
            label={words.provider}
            data={Object.entries(tOrganization.providers).map(([value, label]) => ({ value, label }))}
            value={keyType}
            allowDeselect={false}
            onChange={(value) => setKeyType(value as KeyType)}
          />
          <TextInput
            label={words.name}
            description={words.nameHelp}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={fields['name']}
          />
        </>
      )}
      {isPair && (
        <TextInput
          label={words.keyId}
          required
          withAsterisk={false}
          autoComplete="off"
          value={keyId}
          onChange={({ currentTarget }) => setKeyId(currentTarget.value)}
        />
      )}
      <PasswordInput
        label={isPair ? words.keySecret : words.secret}
        description={words.secretHelp}
        required
        withAsterisk={false}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': words.showSecret }}
        value={secret}
        onChange={({ currentTarget }) => setSecret(currentTarget.value)}
        error={fields['key']}
      />
      {!replaced &&
        Object.entries(known).map(([setting, choices]) =>
          choices === 'id' ? (
            <TextInput
              key={`${keyType}-${setting}`}
              label={words.settings[setting]}
              value={settings[setting] ?? ''}
              onChange={({ currentTarget }) => setSettings({ ...settings, [setting]: currentTarget.value })}
            />
          ) : (
            <Select
              key={`${keyType}-${setting}`}
              label={words.settings[setting]}
              data={choices.map((value) => ({ value, label: words.products[value] ?? value }))}
              value={settings[setting] ?? choices[0] ?? null}
              allowDeselect={false}
              onChange={(value) => setSettings({ ...settings, [setting]: value ?? '' })}
            />
          ),
        )}
    </FormDialog>
  );
}
