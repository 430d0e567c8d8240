import { Group, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMe } from '../api/me';
import { ButtonLink, TextLink } from '../components/links';
import { Page } from '../components/page';
import { ProblemAlert } from '../components/problem-alert';
import { EmptyState, PageLoading } from '../components/states';
import { Time } from '../components/time';
import { t, tAttention } from '../strings/strings';
import { AttentionCard } from './attention-card';
import { Invitation } from './invitation';
import { type Attention, attentionQuery } from './queries';

/** How many of each are named on a card. */
const SHOWN = 4;

type Key = Attention['expiring']['results'][number];

/** What needs the user, the most pressing first; nothing is good news. */
export function HomePage() {
  const { user } = useMe();
  const { data, error, refetch } = useQuery(attentionQuery);
  return (
    <Page title={tAttention.greeting(user.name || user.email)} name={t.common.home} lead={tAttention.lead}>
      {data ? (
        <Cards of={data} />
      ) : error ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : (
        <PageLoading />
      )}
    </Page>
  );
}

function Cards({ of: all }: { of: Attention }) {
  const cards = [
    keyCard(
      'expiring',
      all.expiring,
      'high',
      tAttention.expiring,
      tAttention.expiringHelp,
      (key) => <Time value={key.expires_at} />,
      { expires_before: inDays(14), status: 'active' },
    ),
    keyCard('blocked', all.blocked, 'high', tAttention.blocked, tAttention.blockedHelp, undefined, {
      status: 'blocked',
    }),
    keyCard(
      'superseded',
      all.superseded_in_use,
      'medium',
      tAttention.superseded,
      tAttention.supersededHelp,
      (key) => <Time value={key.last_used_at} />,
      { status: 'superseded' },
    ),
    providerKeyCard(all.provider_keys),
    requestCard(all.requests),
    invitationCard(all.invitations),
    grantCard(all.grants),
    keyCard(
      'unused',
      all.unused,
      'medium',
      tAttention.unused,
      tAttention.unusedHelp,
      (key) => <Time value={key.last_used_at} />,
      { last_used_before: inDays(-90), status: 'active' },
    ),
    keyCard(
      'never',
      all.never_used,
      'low',
      tAttention.neverUsed,
      tAttention.neverUsedHelp,
      (key) => <Time value={key.created_at} />,
      { never_used: 'true', status: 'active' },
    ),
  ].filter(Boolean);
  if (cards.length === 0) {
    return (
      <EmptyState title={tAttention.nothing} action={<ButtonLink to="/keys">{tAttention.toKeys}</ButtonLink>}>
        {tAttention.nothingHelp}
      </EmptyState>
    );
  }
  return <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }}>{cards}</SimpleGrid>;
}

function keyCard(
  id: string,
  { count, results }: { count: number; results: readonly Key[] },
  weight: 'high' | 'medium' | 'low',
  title: (count: number) => string,
  help: string,
  beside: ((key: Key) => ReactNode) | undefined,
  filter: Record<string, string>,
): ReactNode {
  if (count === 0) return null;
  return (
    <AttentionCard
      key={id}
      title={title(count)}
      help={help}
      weight={weight}
      count={count}
      action={
        <ButtonLink to="/keys" search={filter} variant="light" size="compact-sm">
          {tAttention.open}
        </ButtonLink>
      }
    >
      {results.slice(0, SHOWN).map((key) => (
        <Group key={key.id} gap="sm" justify="space-between" wrap="nowrap">
          <TextLink to="/keys/$id" params={{ id: String(key.id) }} size="sm" className="one-line">
            {key.name}
          </TextLink>
          {beside && (
            <Text size="sm" c="dimmed" flex="none">
              {beside(key)}
            </Text>
          )}
        </Group>
      ))}
    </AttentionCard>
  );
}

function invitationCard({ count, results }: Attention['invitations']): ReactNode {
  if (count === 0) return null;
  return (
    <AttentionCard key="invitations" title={tAttention.invitations(count)} weight="low" count={count}>
      {results.map((invitation) => (
        <Invitation key={invitation.id} of={invitation} />
      ))}
    </AttentionCard>
  );
}

function grantCard({ count, results }: Attention['grants']): ReactNode {
  if (count === 0) return null;
  return (
    <AttentionCard
      key="grants"
      title={tAttention.grants(count)}
      help={tAttention.grantsHelp}
      weight="low"
      count={count}
      action={
        <ButtonLink to="/keys" variant="light" size="compact-sm">
          {tAttention.toKeys}
        </ButtonLink>
      }
    >
      {results.slice(0, SHOWN).map(({ id, name }) => (
        <Text key={id} size="sm" className="one-line">
          {name}
        </Text>
      ))}
    </AttentionCard>
  );
}

function requestCard({ count, results }: Attention['requests']): ReactNode {
  const [first] = results;
  if (count === 0 || !first) return null;
  return (
    <AttentionCard
      key="requests"
      title={tAttention.requests(count)}
      help={tAttention.requestsHelp}
      weight="medium"
      count={count}
      action={<OrganizationPage id={first.organization} page="requests" />}
    >
      {results.slice(0, SHOWN).map(({ id, name, organization, created_at }) => (
        <Group key={id} gap="sm" justify="space-between" wrap="nowrap">
          <TextLink to={pageOf(organization, 'requests')} size="sm" className="one-line">
            {name}
          </TextLink>
          <Text size="sm" c="dimmed" flex="none">
            <Time value={created_at} />
          </Text>
        </Group>
      ))}
    </AttentionCard>
  );
}

function providerKeyCard({ count, results }: Attention['provider_keys']): ReactNode {
  const [first] = results;
  if (count === 0 || !first) return null;
  return (
    <AttentionCard
      key="provider-keys"
      title={tAttention.providerKeys(count)}
      help={tAttention.providerKeysHelp}
      weight="high"
      count={count}
      action={<OrganizationPage id={first.organization.id} page="provider-keys" />}
    >
      {results.slice(0, SHOWN).map(({ id, name, masked_key, organization, health }) => (
        <TextLink key={id} to={pageOf(organization.id, 'provider-keys')} size="sm">
          {`${organization.name}: ${name || masked_key}, ${tAttention.health[health]}`}
        </TextLink>
      ))}
    </AttentionCard>
  );
}

/** The address of an organization's page. */
const pageOf = (id: number, page: string) => `/orgs/${id}/${page}` as '/';

function OrganizationPage({ id, page }: { id: number; page: string }) {
  return (
    <ButtonLink to={pageOf(id, page)} variant="light" size="compact-sm">
      {tAttention.open}
    </ButtonLink>
  );
}

/** The date so many days from now. */
function inDays(days: number): string {
  const date = new Date();
  date.setUTCDate(date.getUTCDate() + days);
  return `${date.toISOString().slice(0, 10)}T00:00:00Z`;
}
