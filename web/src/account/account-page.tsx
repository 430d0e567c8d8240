import { useMe } from '../api/me';
import { Page } from '../components/page';
import { t } from '../strings/strings';
import { ChangePassword } from './change-password';
import { Sessions } from './sessions';

/** The user's own sessions and password. */
export function AccountPage() {
  const { user } = useMe();
  return (
    <Page title={t.account.title} lead={t.account.lead(user.email)}>
      <Sessions />
      <ChangePassword />
    </Page>
  );
}
