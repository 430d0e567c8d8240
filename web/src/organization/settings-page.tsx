import {
  Alert,
  Button,
  Group,
  NumberInput,
  Paper,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { meQuery } from '../api/me';
import type { Versioned } from '../api/versioned';
import { Confirm } from '../components/confirm';
import { TextLink } from '../components/links';
import { Page } from '../components/page';
import { ProblemAlert } from '../components/problem-alert';
import { PageLoading } from '../components/states';
import { t } from '../strings/strings';
import { type CurrentOrganization, useOrganization } from './current';
import { againstPolicyQuery, type Organization, settingsQuery } from './queries';

const words = t.organization.settings;

type Policy = Organization['policy'];

/** The organization's name and what it allows its members to do with keys. */
export function SettingsPage() {
  const organization = useOrganization();
  const query = useQuery(settingsQuery(organization.id));
  return (
    <Page title={words.title} lead={words.lead(organization.name)}>
      {query.isPending && <PageLoading />}
      {query.error && !query.data && (
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && (
        <>
          <IssuingSwitch organization={organization} current={query.data} />
          <SettingsForm key={organization.id} organization={organization} current={query.data} />
        </>
      )}
    </Page>
  );
}

interface Props {
  organization: CurrentOrganization;
  current: Versioned<Organization>;
}

/** Changes the organization at the version that was read; gives the mutation. */
function useChange({ id }: CurrentOrganization, etag: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; policy?: Partial<Policy> }) =>
      answerOf(
        api.PATCH('/api/orgs/{org_pk}/', {
          params: { path: { org_pk: id }, header: { 'If-Match': etag } },
          body,
        }),
      ),
    // Also after a conflict: what it is now is told beside what was typed.
    onSettled: () => client.invalidateQueries({ queryKey: ['organization', id] }),
    onSuccess: () => client.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
}

/** Stops every new key at once, and lets it begin again. */
function IssuingSwitch({ organization, current }: Props) {
  const [asks, setAsks] = useState(false);
  const stopped = current.body.policy.issuing_stopped;
  const changing = useChange(organization, current.etag);
  if (!organization.may('organization.update') && !stopped) return null;
  return (
    <>
      <Alert
        color={stopped ? 'red' : 'gray'}
        title={stopped ? words.stoppedTitle : words.issuingTitle}
        variant={stopped ? 'light' : 'default'}
      >
        <Group justify="space-between">
          <Text size="sm" flex="1 1 18rem">
            {stopped ? words.stoppedHelp : words.issuingHelp}
          </Text>
          {organization.may('organization.update') && (
            <Button
              variant="default"
              onClick={() => {
                changing.reset();
                setAsks(true);
              }}
            >
              {stopped ? words.allowIssuing : words.stopIssuing}
            </Button>
          )}
        </Group>
      </Alert>
      <Confirm
        title={stopped ? words.allowIssuingTitle : words.stopIssuingTitle}
        opened={asks}
        onClose={() => setAsks(false)}
        verb={stopped ? words.allowIssuing : words.stopIssuing}
        danger={!stopped}
        pending={changing.isPending}
        error={changing.error}
        onConfirm={() =>
          changing.mutate({ policy: { issuing_stopped: !stopped } }, { onSuccess: () => setAsks(false) })
        }
      >
        <Text size="sm">{stopped ? words.allowIssuingHelp : words.stopIssuingHelp}</Text>
      </Confirm>
    </>
  );
}

interface Values {
  name: string;
  selfServe: boolean;
  longestLife: number;
  userWide: boolean;
  enforce: boolean;
  longestUnused: number | null;
}

const valuesOf = ({ name, policy }: Organization): Values => ({
  name,
  selfServe: policy.self_serve_keys,
  longestLife: policy.longest_key_lifetime_days,
  userWide: policy.allow_user_wide_keys,
  enforce: policy.enforce_on_use,
  longestUnused: policy.longest_unused_days,
});

function SettingsForm({ organization, current }: Props) {
  const now = valuesOf(current.body);
  const [before, setBefore] = useState({ values: now, etag: current.etag });
  const [values, setValues] = useState(now);
  const changing = useChange(organization, before.etag);
  const locked = !organization.may('organization.update');
  const set = (change: Partial<Values>) => setValues((all) => ({ ...all, ...change }));
  const edited = (Object.keys(values) as (keyof Values)[]).filter(
    (key) => values[key] !== before.values[key],
  );
  const conflict = changing.error?.code === 'edit_conflict';
  const elsewhere = conflict
    ? (Object.keys(now) as (keyof Values)[]).filter((key) => now[key] !== before.values[key])
    : [];
  const save = () =>
    changing.mutate(bodyOf(values, edited), {
      onSuccess: (saved) => {
        setBefore({ values: valuesOf(saved), etag: '*' });
        setValues(valuesOf(saved));
      },
    });
  // What was read anew, after one's own saving, is what the next change begins with.
  if (before.etag === '*' && !changing.isPending && sameValues(now, before.values)) {
    setBefore({ values: now, etag: current.etag });
  }
  const fields = changing.error?.fields ?? {};
  return (
    <Paper withBorder radius="lg" p="lg" maw={760}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Stack gap="lg">
          <TextInput
            label={words.name}
            value={values.name}
            readOnly={locked}
            onChange={({ currentTarget }) => set({ name: currentTarget.value })}
            error={fields['name']}
          />
          <Title order={2}>{words.policy}</Title>
          <Switch
            label={words.selfServe}
            description={words.selfServeHelp}
            checked={values.selfServe}
            disabled={locked}
            onChange={({ currentTarget }) => set({ selfServe: currentTarget.checked })}
          />
          <Switch
            label={words.userWide}
            description={words.userWideHelp}
            checked={values.userWide}
            disabled={locked}
            onChange={({ currentTarget }) => set({ userWide: currentTarget.checked })}
          />
          <NumberInput
            label={words.longestLife}
            description={words.longestLifeHelp}
            min={1}
            max={3650}
            allowDecimal={false}
            maw={320}
            value={values.longestLife}
            readOnly={locked}
            onChange={(value) => set({ longestLife: Number(value) })}
            suffix={words.days}
          />
          <NumberInput
            label={words.longestUnused}
            description={words.longestUnusedHelp}
            placeholder={words.however}
            min={1}
            max={3650}
            allowDecimal={false}
            maw={320}
            value={values.longestUnused ?? ''}
            readOnly={locked}
            onChange={(value) => set({ longestUnused: value === '' ? null : Number(value) })}
            suffix={words.days}
          />
          <Switch
            label={words.enforce}
            description={words.enforceHelp}
            checked={values.enforce}
            disabled={locked}
            onChange={({ currentTarget }) => set({ enforce: currentTarget.checked })}
          />
          <WouldBeBlocked organization={organization} enforced={before.values.enforce} />
          <ProblemAlert error={changing.error} shown={['name']} />
          {elsewhere.length > 0 && (
            <Alert variant="default" title={words.nowTitle}>
              {elsewhere.map((key) => (
                <Text size="sm" key={key}>
                  {words.now(words.labels[key], shown(now[key]))}
                </Text>
              ))}
            </Alert>
          )}
          {!locked && (
            <Group justify="flex-end">
              {conflict && (
                <Button
                  variant="default"
                  onClick={() => {
                    changing.reset();
                    setBefore({ values: now, etag: current.etag });
                    setValues((mine) => ({ ...now, ...pick(mine, edited) }));
                  }}
                >
                  {words.keepMine}
                </Button>
              )}
              <Button type="submit" loading={changing.isPending} disabled={edited.length === 0 || conflict}>
                {t.common.save}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Paper>
  );
}

/** Which keys today's policy would not allow: who is blocked, or would be. */
function WouldBeBlocked({
  organization,
  enforced,
}: {
  organization: CurrentOrganization;
  enforced: boolean;
}) {
  const { data } = useQuery({
    ...againstPolicyQuery(organization.id),
    enabled: organization.may('access_key.view'),
  });
  if (!data) return null;
  if (data.count === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.nobodyBlocked}
      </Text>
    );
  }
  return (
    <Paper withBorder radius="md" p="md">
      <Text size="sm" fw={600}>
        {enforced ? words.blocked(data.count) : words.wouldBeBlocked(data.count)}
      </Text>
      <TextLink
        to="/orgs/$orgId/keys"
        params={{ orgId: String(organization.id) }}
        search={{ breach: 'against_policy' }}
        size="sm"
      >
        {words.showBlocked}
      </TextLink>
    </Paper>
  );
}

/** Only what was edited is sent: what somebody else set stays. */
function bodyOf(values: Values, edited: readonly (keyof Values)[]) {
  const policy: Partial<Policy> = {
    ...(edited.includes('selfServe') && { self_serve_keys: values.selfServe }),
    ...(edited.includes('longestLife') && { longest_key_lifetime_days: values.longestLife }),
    ...(edited.includes('userWide') && { allow_user_wide_keys: values.userWide }),
    ...(edited.includes('enforce') && { enforce_on_use: values.enforce }),
    ...(edited.includes('longestUnused') && { longest_unused_days: values.longestUnused }),
  };
  return {
    ...(edited.includes('name') && { name: values.name }),
    ...(Object.keys(policy).length > 0 && { policy }),
  };
}

const pick = (values: Values, keys: readonly (keyof Values)[]): Partial<Values> =>
  Object.fromEntries(keys.map((key) => [key, values[key]]));

const sameValues = (one: Values, other: Values): boolean =>
  (Object.keys(one) as (keyof Values)[]).every((key) => one[key] === other[key]);

function shown(value: string | number | boolean | null): string {
  if (value === null) return t.common.none;
  return typeof value === 'boolean' ? (value ? words.on : words.off) : String(value);
}
