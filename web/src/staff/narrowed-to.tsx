import { Narrowed } from '../components/narrowed';
import { OrganizationName, UserName } from './names';

interface Props<Search> {
  search: Search;
  onChange: (change: { organization: string } | { user: string }) => void;
}

/** The organization and the user whose entries alone a list shows, as its address has it. */
export function NarrowedTo<Search extends { organization?: string; user?: string }>({
  search: { organization, user },
  onChange,
}: Props<Search>) {
  return (
    <>
      {organization && (
        <Narrowed onClear={() => onChange({ organization: '' })}>
          <OrganizationName id={Number(organization)} />
        </Narrowed>
      )}
      {user && (
        <Narrowed onClear={() => onChange({ user: '' })}>
          <UserName id={Number(user)} />
        </Narrowed>
      )}
    </>
  );
}
