import { NativeSelect, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { may, useMe } from '../api/me';
import { organizationNavigation } from '../organization/navigation';
import { staffNavigation } from '../staff/navigation';
import { t } from '../strings/strings';
import type { NavigationItem } from './navigation';

/** The list of pages: one's own, those of one organization at a time, and the staff's. What a role may not see is not listed. */
export function PageList({ onLeave }: { onLeave: () => void }) {
  const me = useMe();
  return (
    <Stack gap={2} onClick={onLeave}>
      <Entry label={t.common.home} to="/" />
      <Entry label={t.common.myKeys} to="/keys" />
      <Entry label={t.common.account} to="/account" />
      <OrganizationPages />
      {me.user.is_staff && staffNavigation.length > 0 && (
        <>
          <Heading>{t.common.staff}</Heading>
          {staffNavigation.map((item) => (
            <Entry key={item.to} {...item} />
          ))}
        </>
      )}
    </Stack>
  );
}

function OrganizationPages() {
  const me = useMe();
  const { orgId } = useParams({ strict: false }) as { orgId?: string };
  const [chosen, setChosen] = useState<string>();
  const current = orgId ?? chosen ?? String(me.organizations[0]?.id ?? '');
  const items = organizationNavigation.filter(
    ({ permission }) => !permission || may(me, Number(current), permission),
  );
  if (items.length === 0) return null;
  return (
    <>
      <Heading>{t.common.organization}</Heading>
      <NativeSelect
        aria-label={t.common.organization}
        mb={6}
        data={me.organizations.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={current}
        onClick={(event) => event.stopPropagation()}
        onChange={({ currentTarget }) => setChosen(currentTarget.value)}
      />
      {items.map((item) => (
        <Entry key={item.to} {...item} orgId={current} />
      ))}
    </>
  );
}

function Heading({ children }: { children: string }) {
  return (
    <Text size="xs" fw={600} c="dimmed" px="sm" mt="md" mb={4}>
      {children}
    </Text>
  );
}

function Entry({ label, to, orgId }: NavigationItem & { orgId?: string }) {
  return (
    <Link
      to={to}
      params={orgId === undefined ? {} : { orgId }}
      className="page-link"
      activeOptions={{ exact: to === '/', includeSearch: false }}
    >
      {label}
    </Link>
  );
}
