import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { BulkRevocation } from '../components/bulk/bulk-revocation';
import type { BulkWay } from '../components/bulk/way';
import { TextLink } from '../components/links';
import { Page } from '../components/page';
import { PersonSelect } from '../components/person-select';
import { ProblemAlert } from '../components/problem-alert';
import { t, tBulk } from '../strings/strings';
import { organizations } from './directories';
import { organizationQuery } from './queries';

const WAY: BulkWay = {
  send: (body) => answerOf(api.POST('/api/admin/access-keys/bulk-revoke/', { body })),
  queryKey: ['staff'],
};

/** Revokes many keys, of one organization or of all. */
export function StaffBulkRevocationPage() {
  const [organization, setOrganization] = useState('');
  const id = Number(organization);
  const { data, error, refetch } = useQuery({ ...organizationQuery(id), enabled: id > 0 });
  return (
    <Page
      title={tBulk.title}
      lead={tBulk.lead}
      back={
        <TextLink to="/staff/keys" size="sm">
          {`← ${t.pages.allKeys}`}
        </TextLink>
      }
    >
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <BulkRevocation
        way={WAY}
        name={id > 0 ? (data?.name ?? '') : tBulk.everyOrganization}
        filter={id > 0 ? { organization: id } : {}}
        narrower={
          <PersonSelect
            directory={organizations}
            label={tBulk.organization}
            all={tBulk.allOrganizations}
            value={organization}
            onChange={setOrganization}
          />
        }
      />
    </Page>
  );
}
