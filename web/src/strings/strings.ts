import { common } from './en/common';
import { pages } from './en/pages';
import { problems } from './en/problems';
import { signIn } from './en/sign-in';

/**
 * Every word that the console says, by feature: what all pages need in `t`, and the rest each under its own name, so that a
 * page loads its own words alone. Another language is another folder beside `en/`, of the same shape.
 */
export const t = { common, pages, problems, signIn };

export { account as tAccount } from './en/account';
export { attention as tAttention } from './en/attention';
export { audit as tAudit } from './en/audit';
export { bulk as tBulk } from './en/bulk';
export { expiry as tExpiry } from './en/fields';
export { keys as tKeys } from './en/keys';
export { networks as tNetworks } from './en/fields';
export { organization as tOrganization } from './en/organization';
export { policy as tPolicy } from './en/policy';
export { requests as tRequests } from './en/requests';
export { review as tReview } from './en/review';
export { staff as tStaff } from './en/staff';

/** The language of dates, numbers and lists. */
export const LOCALE = 'en-GB';
