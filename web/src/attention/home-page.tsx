import { useMe } from '../api/me';
import { Page } from '../components/page';
import { t } from '../strings/strings';

/** What needs the user. */
export function HomePage() {
  const { user } = useMe();
  return (
    <Page title={t.common.home} lead={user.name}>
      {null}
    </Page>
  );
}
