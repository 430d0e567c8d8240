import { Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import type { components } from '../api/schema';
import type { Versioned } from '../api/versioned';
import { endOf, type Expiry, ExpiryInput } from '../components/expiry-input';
import { FormDialog } from '../components/form-dialog';
import { NetworksInput, networksOf, textOf } from '../components/networks-input';
import { ProblemOverPage } from '../components/problem-alert';
import { t, tReview, tStaff, tNetworks } from '../strings/strings';
import { useDone } from './done';
import { keyQuery } from './queries';

type Key = components['schemas']['AccessKeyAnswer'];
const words = tStaff.edit;

interface Props {
  id: number;
  onClose: () => void;
}

/** Narrows a key: another name, read only, an earlier end, fewer networks. */
export function EditKeyDialog({ id, onClose }: Props) {
  const { data, error, refetch } = useQuery(keyQuery(id));
  if (error && !data) {
    return <ProblemOverPage error={error} onRetry={() => void refetch()} onClose={onClose} />;
  }
  return data ? <EditForm id={id} current={data} onClose={onClose} /> : null;
}

function EditForm({ id, current, onClose }: Props & { current: Versioned<Key> }) {
  const [{ body: key, etag }] = useState(current); // what was read when it was opened is what is edited
  const [name, setName] = useState(key.name);
  const [level, setLevel] = useState(key.access_level);
  const [expiry, setExpiry] = useState<Expiry>('as it is');
  const [networks, setNetworks] = useState(textOf(key.allowed_networks ?? []));
  const changing = useMutation({
    mutationFn: () => {
      const body = {
        ...(name !== key.name && { name }),
        ...(level !== key.access_level && { access_level: level }),
        ...(expiry !== 'as it is' && { expires_at: endOf(expiry) }),
        ...(networks !== textOf(key.allowed_networks ?? []) && { allowed_networks: networksOf(networks) }),
      };
      const params = { path: { id }, header: { 'If-Match': etag } };
      return answerOf(api.PATCH('/api/admin/access-keys/{id}/', { params, body }));
    },
    onSuccess: useDone(onClose),
  });
  const errors = changing.error?.fields ?? {};
  return (
    <FormDialog
      title={words.title(key.name)}
      onClose={onClose}
      verb={t.common.save}
      onSubmit={() => changing.mutate()}
      pending={changing.isPending}
      error={changing.error}
      fields={['name', 'access_level', 'expires_at', 'allowed_networks']}
    >
      <Text size="sm">{words.help}</Text>
      <TextInput
        label={words.name}
        maxLength={100}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={errors['name']}
      />
      <Select
        label={words.level}
        data={Object.entries(tReview.levels)
          .filter(([value]) => value === key.access_level || value === 'read_only')
          .map(([value, label]) => ({ value, label }))}
        value={level}
        allowDeselect={false}
        onChange={(value) => setLevel(value as typeof level)}
        error={errors['access_level']}
      />
      <ExpiryInput
        label={words.expires}
        value={expiry}
        asItIs={words.asItIs}
        onChange={setExpiry}
        error={errors['expires_at']}
      />
      <NetworksInput
        description={tNetworks.ofKey}
        value={networks}
        onChange={setNetworks}
        error={errors['allowed_networks']}
      />
    </FormDialog>
  );
}
