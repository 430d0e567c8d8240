import { Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isDead } from '../components/key-status';
import { TextLink } from '../components/links';
import { Page } from '../components/page';
import { ProblemAlert } from '../components/problem-alert';
import { PageLoading } from '../components/states';
import { Time } from '../components/time';
import { tKeys } from '../strings/strings';
import { KeyActions } from './key-actions';
import { Fact, IssuedThrough, KeyStatus, OrganizationName } from './key-words';
import { OldKeyEnds } from './old-key-ends';
import { type AccessKey, keyQuery, madeQuery } from './queries';

const route = getRouteApi('/signed-in/keys/$id');

/** One key: how it stands, what to do about it, and its history. */
export function KeyPage() {
  const id = Number(route.useParams().id);
  const { data: key, error, refetch } = useQuery({ ...keyQuery(id), refetchInterval: 15_000 });
  if (!key) return error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : <PageLoading />;
  return (
    <Page
      back={
        <TextLink to="/keys" size="sm">
          {`← ${tKeys.key.back}`}
        </TextLink>
      }
      name={key.name}
      title={<span style={{ overflowWrap: 'anywhere' }}>{key.name}</span>}
      lead={
        <Group component="span" gap="xs" display="inline-flex">
          <Text component="span" ff="monospace">
            {key.prefix}
          </Text>
          <KeyStatus status={key.status} />
        </Group>
      }
      actions={<KeyActions of={key} />}
    >
      {key.status !== 'active' && <Text>{tKeys.advice[key.status]}</Text>}
      {key.status === 'superseded' && <OldKeyEnds id={key.id} />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title={tKeys.key.details}>
          <Details of={key} />
        </Card>
        <Card title={tKeys.lastUse}>
          <Fact term={tKeys.key.when}>
            <Time value={key.last_used_at} empty={tKeys.neverUsed} />
          </Fact>
          {key.last_used_ip && <Fact term={tKeys.key.address}>{key.last_used_ip}</Fact>}
          {key.last_used_user_agent && <Fact term={tKeys.key.agent}>{key.last_used_user_agent}</Fact>}
        </Card>
        <Made id={key.id} />
      </SimpleGrid>
    </Page>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" radius="lg" component="section" aria-label={title}>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      <Stack component="dl" gap={8} m={0}>
        {children}
      </Stack>
    </Paper>
  );
}

function Details({ of: key }: { of: AccessKey }) {
  const linked = (id: number) => (
    <TextLink to="/keys/$id" params={{ id: String(id) }}>
      {tKeys.key.theKey(id)}
    </TextLink>
  );
  return (
    <>
      <Fact term={tKeys.organization}>
        <OrganizationName id={key.organization} />
      </Fact>
      <Fact term={tKeys.level}>{tKeys.levels[key.access_level]}</Fact>
      {key.status !== 'revoked' && (
        <Fact term={key.status === 'expired' ? tKeys.statuses.expired : tKeys.expires}>
          <Time value={key.expires_at} empty={tKeys.neverExpires} />
        </Fact>
      )}
      {key.allowed_networks && key.allowed_networks.length > 0 && (
        <Fact term={tKeys.key.networks}>{key.allowed_networks.join(', ')}</Fact>
      )}
      {!isDead(key) && (
        <Fact term={tKeys.key.renewable}>
          <Time value={key.renewable_until} empty={tKeys.key.noEnd} />
        </Fact>
      )}
      <Fact term={tKeys.key.created}>
        <Time value={key.created_at} />
      </Fact>
      <Fact term={tKeys.key.via}>
        <IssuedThrough via={key.issued_via} />
      </Fact>
      {key.replaces !== null && <Fact term={tKeys.key.replaces}>{linked(key.replaces)}</Fact>}
      {key.replaced_by !== null && <Fact term={tKeys.key.replacedBy}>{linked(key.replaced_by)}</Fact>}
      {key.retires_at && (
        <Fact term={tKeys.key.retires}>
          <Time value={key.retires_at} />
        </Fact>
      )}
      {key.status === 'suspended' && (
        <Fact term={tKeys.key.suspendedUntil}>
          <Time value={key.suspended_until} empty={tKeys.key.somebodyResumes} />
        </Fact>
      )}
      {key.revoked_at && (
        <Fact term={tKeys.key.revoked}>
          <Time value={key.revoked_at} />
        </Fact>
      )}
      {key.revoke_reason && <Fact term={tKeys.key.reason}>{key.revoke_reason}</Fact>}
    </>
  );
}

function Made({ id }: { id: number }) {
  const { data, error, refetch } = useQuery(madeQuery(id));
  if (error && !data) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!data || data.length === 0) return null;
  return (
    <Card title={tKeys.key.made}>
      {data.map(({ type, id: made, name, status }) => (
        <Fact key={`${type}-${made}`} term={tKeys.key.kinds[type]}>
          {`${name} (${status})`}
        </Fact>
      ))}
    </Card>
  );
}
