import { Alert, Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { may, useMe } from '../api/me';
import { ProblemAlert } from '../components/problem-alert';
import { dateInWords } from '../components/time';
import { t } from '../strings/strings';
import { type IssuedKey, organizationQuery } from './queries';

const PRESETS = [7, 30, 60, 90, 180, 365] as const;
const USUAL_DAYS = 90;
/** How much earlier the longest life ends than the policy's last moment: clocks differ. In milliseconds. */
const MARGIN = 60_000;

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 - MARGIN);

interface Props {
  onClose: () => void;
  onIssued: (issued: IssuedKey) => void;
}

/** Asks what a key is for; everything else is prefilled. */
export function IssueDialog({ onClose, onIssued }: Props) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.keys.dialog.title}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <IssueForm onClose={onClose} onIssued={onIssued} />
    </Modal>
  );
}

function IssueForm({ onClose, onIssued }: Props) {
  const me = useMe();
  const own = me.organizations.filter(({ id }) => may(me, id, 'access_key.issue'));
  const [name, setName] = useState('');
  const [organization, setOrganization] = useState(own[0]?.id ?? 0);
  const [level, setLevel] = useState<'read_only' | 'full_access'>('read_only');
  const [wanted, setWanted] = useState(USUAL_DAYS);
  const { data, error: policyError } = useQuery({
    ...organizationQuery(organization),
    enabled: organization > 0,
  });
  const longest = data?.policy.longest_key_lifetime_days ?? USUAL_DAYS;
  const usual = Math.min(USUAL_DAYS, longest);
  const days = Math.min(wanted, longest);
  const issuing = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/auth/access-keys/', {
          body: {
            name,
            organization,
            access_level: level,
            ...(days !== usual && { expires_at: inDays(days).toISOString() }),
          },
        }),
      ),
    onSuccess: onIssued,
  });
  if (own.length === 0) return <Alert color="gray">{t.keys.dialog.nowhere}</Alert>;
  const fields = issuing.error?.fields ?? {};
  const refusal = data?.policy.issuing_stopped
    ? t.keys.dialog.stopped
    : data && !data.policy.self_serve_keys
      ? t.keys.dialog.notSelfServe
      : undefined;
  const ends = dateInWords(inDays(days));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        issuing.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t.keys.dialog.name}
          placeholder={t.keys.dialog.namePlaceholder}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={fields['name']}
        />
        {own.length > 1 && (
          <Select
            label={t.keys.dialog.organization}
            data={own.map(({ id, name: label }) => ({ value: String(id), label }))}
            value={String(organization)}
            allowDeselect={false}
            onChange={(value) => setOrganization(Number(value))}
            error={fields['organization']}
          />
        )}
        <Radio.Group
          label={t.keys.dialog.level}
          value={level}
          onChange={(value) => setLevel(value as typeof level)}
          error={fields['access_level']}
        >
          <Stack gap="xs" mt="xs">
            {(['read_only', 'full_access'] as const).map((value) => (
              <Radio
                key={value}
                value={value}
                label={t.keys.levels[value]}
                description={t.keys.levelHelp[value]}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label={t.keys.dialog.expires}
          description={t.keys.dialog.longest(longest)}
          data={presetsWithin(longest).map((count) => ({
            value: String(count),
            label: t.keys.dialog.preset(count, dateInWords(inDays(count))),
          }))}
          value={String(days)}
          allowDeselect={false}
          onChange={(value) => setWanted(Number(value))}
          error={fields['expires_at']}
        />
        {refusal ? (
          <Alert color="yellow">{refusal}</Alert>
        ) : (
          <Text size="sm" c="dimmed">
            {t.keys.dialog.summary(name.trim(), nameOf(own, organization), level === 'read_only', ends)}
          </Text>
        )}
        <ProblemAlert
          error={issuing.error ?? policyError}
          shown={['name', 'organization', 'access_level', 'expires_at']}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={issuing.isPending} disabled={refusal !== undefined}>
            {t.keys.dialog.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The usual lives that a policy allows, and its own longest. */
function presetsWithin(longest: number): number[] {
  return [...new Set([...PRESETS.filter((days) => days < longest), longest])];
}

function nameOf(organizations: readonly { id: number; name: string }[], id: number): string {
  return organizations.find((organization) => organization.id === id)?.name ?? '';
}
