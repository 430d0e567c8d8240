import { Page } from '../components/page';
import { t } from '../strings/strings';

/** The user's own keys. */
export function KeysPage() {
  return <Page title={t.common.myKeys}>{null}</Page>;
}
