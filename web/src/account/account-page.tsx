import { Page } from '../components/page';
import { t } from '../strings/strings';

/** The user's own sessions and password. */
export function AccountPage() {
  return <Page title={t.common.account}>{null}</Page>;
}
