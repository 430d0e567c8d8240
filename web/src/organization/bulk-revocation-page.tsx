import { answerOf, api } from '../api/client';
import { BulkRevocation } from '../components/bulk/bulk-revocation';
import { TextLink } from '../components/links';
import { Page } from '../components/page';
import { t, tBulk } from '../strings/strings';
import { useOrganization } from './current';

/** Revokes many keys that are confined to the organization. */
export function BulkRevocationPage() {
  const { id, name } = useOrganization();
  return (
    <Page
      title={tBulk.title}
      lead={tBulk.lead}
      back={
        <TextLink to="/orgs/$orgId/keys" params={{ orgId: String(id) }} size="sm">
          {`← ${t.pages.keys}`}
        </TextLink>
      }
    >
      <BulkRevocation
        key={id}
        name={name}
        way={{
          send: (body) =>
            answerOf(
              api.POST('/api/orgs/{org_pk}/access-keys/bulk-revoke/', {
                params: { path: { org_pk: id } },
                body,
              }),
            ),
          queryKey: ['organization', id],
        }}
      />
    </Page>
  );
}
