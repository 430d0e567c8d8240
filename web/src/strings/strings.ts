import { account } from './en/account';
import { audit } from './en/audit';
import { attention } from './en/attention';
import { bulk } from './en/bulk';
import { common } from './en/common';
import { expiry, networks } from './en/fields';
import { keys } from './en/keys';
import { organization } from './en/organization';
import { policy } from './en/policy';
import { problems } from './en/problems';
import { requests } from './en/requests';
import { review } from './en/review';
import { signIn } from './en/sign-in';
import { staff } from './en/staff';

/** Every word that the console says, by feature. Another language is another folder beside `en/`, of the same shape. */
export const t = {
  common,
  problems,
  signIn,
  attention,
  expiry,
  networks,
  keys,
  account,
  audit,
  organization,
  requests,
  review,
  policy,
  bulk,
  staff,
};

/** The language of dates, numbers and lists. */
export const LOCALE = 'en-GB';
