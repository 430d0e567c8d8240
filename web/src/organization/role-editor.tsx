import { Alert, Checkbox, Fieldset, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import type { Versioned } from '../api/versioned';
import { FormDialog } from '../components/form-dialog';
import { ProblemOverPage } from '../components/problem-alert';
import { t, tOrganization } from '../strings/strings';
import type { CurrentOrganization } from './current';
import { type PermissionCategory, type Role, roleQuery } from './queries';

const words = tOrganization.roles;

interface Props {
  organization: CurrentOrganization;
  categories: readonly PermissionCategory[];
  /** None: a new one. */
  role?: Role;
  onClose: () => void;
}

/** Defines a role, or changes one, by category. What the user doesn't hold is not offered. */
export function RoleEditor({ role, ...props }: Props) {
  const current = useQuery({
    ...roleQuery(props.organization.id, role?.id ?? 0),
    enabled: role !== undefined,
  });
  if (role === undefined) return <RoleForm {...props} />;
  // What is being edited stays, also when it can't be read once more.
  if (current.data) return <RoleForm {...props} current={current.data} />;
  if (current.error) {
    return (
      <ProblemOverPage error={current.error} onRetry={() => void current.refetch()} onClose={props.onClose} />
    );
  }
  return <Loader aria-label={t.common.loading} role="status" />;
}

function RoleForm({
  organization,
  categories,
  current,
  onClose,
}: Omit<Props, 'role'> & { current?: Versioned<Role> }) {
  const client = useQueryClient();
  // What was shown first is what is edited: what somebody else changes meanwhile is told, and not overwritten.
  const [before] = useState(current);
  const [name, setName] = useState(before?.body.name ?? '');
  const [chosen, setChosen] = useState<readonly string[]>(before?.body.permissions ?? []);
  const [version, setVersion] = useState(before?.etag);
  const held = new Set<string>(organization.permissions);
  const saving = useMutation({
    mutationFn: () => {
      const body = { name, permissions: chosen as Role['permissions'] };
      const path = { org_pk: organization.id };
      if (!before) return answerOf(api.POST('/api/orgs/{org_pk}/roles/', { params: { path }, body }));
      const params = {
        path: { ...path, id: before.body.id },
        header: { 'If-Match': version ?? '*' },
      };
      return answerOf(api.PATCH('/api/orgs/{org_pk}/roles/{id}/', { params, body }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['organization', organization.id] });
      onClose();
    },
    onError: async ({ code }) => {
      if (code !== 'edit_conflict' || !before) return;
      const now = await client.fetchQuery(roleQuery(organization.id, before.body.id));
      setVersion(now.etag);
    },
  });
  const conflicting = saving.error?.code === 'edit_conflict' ? current?.body : undefined;
  const fields = saving.error?.fields ?? {};
  return (
    <FormDialog
      title={before ? words.editTitle(before.body.name) : words.defineTitle}
      onClose={onClose}
      verb={before ? t.common.save : words.defineVerb}
      onSubmit={() => saving.mutate()}
      pending={saving.isPending}
      error={saving.error}
      fields={['name', 'permissions']}
      size="lg"
    >
      <TextInput
        label={words.name}
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={fields['name']}
      />
      <Text size="sm" c="dimmed">
        {words.offered}
      </Text>
      <Checkbox.Group value={[...chosen]} onChange={setChosen} error={fields['permissions']}>
        <Stack gap="sm">
          {categories.map(({ category, permissions }) => {
            const offered = permissions.filter(({ codename }) => held.has(codename));
            if (offered.length === 0) return null;
            return (
              <Fieldset key={category} legend={category}>
                <Stack gap="xs">
                  {offered.map(({ codename, description }) => (
                    <Checkbox key={codename} value={codename} label={description} />
                  ))}
                </Stack>
              </Fieldset>
            );
          })}
        </Stack>
      </Checkbox.Group>
      {conflicting && (
        <Alert variant="default" title={words.nowTitle}>
          <Text size="sm">{words.now(conflicting.name, describe(conflicting.permissions, categories))}</Text>
        </Alert>
      )}
    </FormDialog>
  );
}

function describe(permissions: readonly string[], categories: readonly PermissionCategory[]): string {
  return categories
    .flatMap((category) => category.permissions)
    .filter(({ codename }) => permissions.includes(codename))
    .map(({ description }) => description)
    .join(' ');
}
