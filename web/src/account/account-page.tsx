import { useMe } from '../api/me';
import { Page } from '../components/page';
import { tAccount } from '../strings/strings';
import { ChangePassword } from './change-password';
import { Sessions } from './sessions';

/** The user's own sessions and password. */
export function AccountPage() {
  const { user } = useMe();
  return (
    <Page title={tAccount.title} lead={tAccount.lead(user.email)}>
      <ChangePassword />
      {/* Last, for it grows as it is read: nothing below it moves. */}
      <Sessions />
    </Page>
  );
}
