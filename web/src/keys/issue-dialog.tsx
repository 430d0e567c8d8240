import { Alert, Button, Group, Modal, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { may, type Me, useMe } from '../api/me';
import { type Expiry, ExpiryInput, instantOf, USUAL_DAYS } from '../components/expiry-input';
import { dateInWords } from '../components/formats';
import type { IssuedKey } from '../components/making-key';
import { NetworksInput } from '../components/networks-input';
import { ProblemAlert } from '../components/problem-alert';
import { t, tKeys, tNetworks } from '../strings/strings';
import { type KeyTerms, useMaking } from './making';
import { organizationQuery } from './queries';

const words = tKeys.dialog;
const FIELDS = ['name', 'organization', 'access_level', 'expires_at', 'allowed_networks', 'reason'];

interface Props {
  onClose: () => void;
  onIssued: (issued: IssuedKey) => void;
  /** A key was asked for: where members don't issue keys themselves, somebody else decides. */
  onAsked: () => void;
}

/** Asks what a key is for; everything else is prefilled. Where it can't be issued, it is asked for. */
export function IssueDialog(props: Props) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={words.title}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <IssueForm {...props} />
    </Modal>
  );
}

/** Whether the user issues keys in an organization; otherwise they ask. `undefined`: it isn't known yet. */
function useWay(me: Me, organization: number) {
  const { data, error } = useQuery({ ...organizationQuery(organization), enabled: organization > 0 });
  const issues = may(me, organization, 'access_key.issue') && data?.policy.self_serve_keys !== false;
  return {
    way: issues ? ('issue' as const) : ('ask' as const),
    stopped: issues && data?.policy.issuing_stopped === true,
    longest: data?.policy.longest_key_lifetime_days ?? USUAL_DAYS,
    error,
  };
}

function IssueForm({ onClose, onIssued, onAsked }: Props) {
  const me = useMe();
  const own = me.organizations;
  const first = own.find(({ id }) => may(me, id, 'access_key.issue')) ?? own[0];
  const [terms, setTerms] = useState<KeyTerms>({
    name: '',
    organization: first?.id ?? 0,
    level: 'read_only',
    expiry: { days: USUAL_DAYS },
    networks: '',
    reason: '',
  });
  const set = (change: Partial<KeyTerms>) => setTerms((all) => ({ ...all, ...change }));
  const { way, stopped, longest, error: policyError } = useWay(me, terms.organization);
  const expiry = within(terms.expiry, longest);
  const making = useMaking({ way, longest, onIssued, onAsked });
  if (own.length === 0) return <Alert color="gray">{words.nowhere}</Alert>;
  const fields = making.error?.fields ?? {};
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate({ ...terms, expiry });
      }}
    >
      <Stack>
        {way === 'ask' && <Alert color="gray">{words.asks}</Alert>}
        <TextInput
          label={words.name}
          placeholder={words.namePlaceholder}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={terms.name}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
          error={fields['name']}
        />
        {own.length > 1 && (
          <Select
            label={words.organization}
            data={own.map(({ id, name: label }) => ({ value: String(id), label }))}
            value={String(terms.organization)}
            allowDeselect={false}
            onChange={(value) => set({ organization: Number(value) })}
            error={fields['organization']}
          />
        )}
        <Level value={terms.level} onChange={(level) => set({ level })} error={fields['access_level']} />
        <ExpiryInput
          label={words.expires}
          description={words.longest(longest)}
          longest={longest}
          value={expiry}
          onChange={(chosen) => set({ expiry: chosen })}
          error={fields['expires_at']}
        />
        <Networks value={terms.networks} onChange={(networks) => set({ networks })} error={fields} />
        {way === 'ask' && (
          <Textarea
            label={words.reason}
            description={words.reasonHelp}
            required
            withAsterisk={false}
            autosize
            minRows={2}
            maxLength={500}
            value={terms.reason}
            onChange={({ currentTarget }) => set({ reason: currentTarget.value })}
            error={fields['reason']}
          />
        )}
        {stopped ? (
          <Alert color="yellow">{words.stopped}</Alert>
        ) : (
          <Summary of={{ ...terms, expiry }} longest={longest} me={me} />
        )}
        <ProblemAlert error={making.error ?? policyError} shown={FIELDS} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={making.isPending} disabled={stopped}>
            {way === 'ask' ? words.ask : words.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Level({
  value,
  onChange,
  error,
}: {
  value: KeyTerms['level'];
  onChange: (level: KeyTerms['level']) => void;
  error: string | undefined;
}) {
  return (
    <Radio.Group
      label={words.level}
      value={value}
      onChange={(level) => onChange(level as typeof value)}
      error={error}
    >
      <Stack gap="xs" mt="xs">
        {(['read_only', 'full_access'] as const).map((level) => (
          <Radio key={level} value={level} label={tKeys.levels[level]} description={tKeys.levelHelp[level]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Few keys need it: it is asked for on demand. */
function Networks({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (text: string) => void;
  error: Readonly<Record<string, string>>;
}) {
  const [opened, setOpened] = useState(false);
  if (!opened) {
    return (
      <Button variant="subtle" size="compact-sm" w="fit-content" ml={-8} onClick={() => setOpened(true)}>
        {tNetworks.limit}
      </Button>
    );
  }
  return (
    <NetworksInput
      description={tNetworks.ofKey}
      value={value}
      onChange={onChange}
      error={error['allowed_networks']}
    />
  );
}

/** What the key will be, in a sentence, before it is made. */
function Summary({
  of: { name, organization, level, expiry },
  longest,
  me,
}: {
  of: KeyTerms;
  longest: number;
  me: Me;
}) {
  const ends = instantOf(expiry, longest);
  const where = me.organizations.find(({ id }) => id === organization)?.name ?? '';
  return (
    <Text size="sm" c="dimmed">
      {words.summary(name.trim(), where, level === 'read_only', ends ? dateInWords(ends) : words.thatDate)}
    </Text>
  );
}

/** What was chosen, cut to what the policy of another organization allows. */
function within(expiry: Expiry, longest: number): Expiry {
  return typeof expiry === 'object' && 'days' in expiry ? { days: Math.min(expiry.days, longest) } : expiry;
}
