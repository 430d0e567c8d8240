import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { AuditList, type AuditSearch } from '../components/audit-list';
import { downloadOf } from '../components/download';
import { Page } from '../components/page';
import { tAudit, tOrganization } from '../strings/strings';
import { useOrganization } from './current';
import { Person } from './person';
import { membersOf } from './members-directory';
import { auditQuery } from './queries';

const route = getRouteApi('/signed-in/orgs/$orgId/audit');

/** Who did what in the organization. */
export function AuditPage() {
  const organization = useOrganization();
  const search: AuditSearch = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title={tAudit.title}
      lead={tOrganization.audit.lead(organization.name)}
      actions={
        <Button
          component="a"
          variant="default"
          href={downloadOf(`/api/orgs/${organization.id}/audit-events/`, 'ndjson', search)}
          download
        >
          {tOrganization.audit.export}
        </Button>
      }
    >
      <AuditList
        query={useQuery(auditQuery(organization.id, search))}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
        person={(id) => <Person organization={organization} id={id} />}
        people={membersOf(organization.id)}
      />
    </Page>
  );
}
