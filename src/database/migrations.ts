import { AccountsAndAccessKeys1764000000000 } from '../../migrations/1764000000000-accounts-and-access-keys.js';
import { SessionsAndTokens1764000001000 } from '../../migrations/1764000001000-sessions-and-tokens.js';
import { AuditEvents1764000002000 } from '../../migrations/1764000002000-audit-events.js';
import { PasswordLinkEpochs1764000200000 } from '../../migrations/1764000200000-password-link-epochs.js';
import { AccessKeyLife1764000300000 } from '../../migrations/1764000300000-access-key-life.js';
import { AuditChain1764000400000 } from '../../migrations/1764000400000-audit-chain.js';
import { ProviderKeys1764000500000 } from '../../migrations/1764000500000-provider-keys.js';
import { CallLedger1764000501000 } from '../../migrations/1764000501000-call-ledger.js';
import { RateLimits1764000600000 } from '../../migrations/1764000600000-rate-limits.js';
import { ReportedLeaks1764000700000 } from '../../migrations/1764000700000-reported-leaks.js';
import { AccessKeyGrants1764000701000 } from '../../migrations/1764000701000-access-key-grants.js';
import { ImportedKeys1764000702000 } from '../../migrations/1764000702000-imported-keys.js';
import { MembersOfAUser1764000703000 } from '../../migrations/1764000703000-members-of-a-user.js';
import { Authority1765000000000 } from '../../migrations/1765000000000-authority.js';
import { Lineage1765000001000 } from '../../migrations/1765000001000-lineage.js';
import { CredentialEmails1765000010000 } from '../../migrations/1765000010000-credential-emails.js';
import { PolicyAtUse1765000400000 } from '../../migrations/1765000400000-policy-at-use.js';
import { AddressLists1765000401000 } from '../../migrations/1765000401000-address-lists.js';
import { BulkRevocations1765000402000 } from '../../migrations/1765000402000-bulk-revocations.js';
import { AccessKeyRequests1765000410000 } from '../../migrations/1765000410000-access-key-requests.js';
import { IdempotencyKeys1765000411000 } from '../../migrations/1765000411000-idempotency-keys.js';
import { NetworksOfRequests1765000412000 } from '../../migrations/1765000412000-networks-of-requests.js';
import { AuditVerifications1765000420000 } from '../../migrations/1765000420000-audit-verifications.js';
import { ToolConfirmations1765000600000 } from '../../migrations/1765000600000-tool-confirmations.js';
import { OwnGrants1765000601000 } from '../../migrations/1765000601000-own-grants.js';
import { ViewsForOthers1765000700000 } from '../../migrations/1765000700000-views-for-others.js';
import { OneRefusal1765000709000 } from '../../migrations/1765000709000-one-refusal.js';
import { LongLists1765001000000 } from '../../migrations/1765001000000-long-lists.js';
import { AccessKeyCounts1765001100000 } from '../../migrations/1765001100000-access-key-counts.js';
import { BulkRevocationsDone1765002100000 } from '../../migrations/1765002100000-bulk-revocations-done.js';
import { AuditArchives1765002120000 } from '../../migrations/1765002120000-audit-archives.js';
import { HoldMaker1765003000000 } from '../../migrations/1765003000000-hold-maker.js';
import { OrganizationsThatDemand1765003200000 } from '../../migrations/1765003200000-organizations-that-demand.js';
import { MadeWhereItReaches1765003310000 } from '../../migrations/1765003310000-made-where-it-reaches.js';
import { ShutPastExpiry1765004100000 } from '../../migrations/1765004100000-shut-past-expiry.js';
import { LatestArchived1765004300000 } from '../../migrations/1765004300000-latest-archived.js';
import { WhoGaveTheRole1765005100000 } from '../../migrations/1765005100000-who-gave-the-role.js';
import { EndedVia1765005200000 } from '../../migrations/1765005200000-ended-via.js';

/** Every migration, oldest first. A migration is never edited once landed. */
export const MIGRATIONS = [
  AccountsAndAccessKeys1764000000000,
  SessionsAndTokens1764000001000,
  AuditEvents1764000002000,
  PasswordLinkEpochs1764000200000,
  AccessKeyLife1764000300000,
  AuditChain1764000400000,
  ProviderKeys1764000500000,
  CallLedger1764000501000,
  RateLimits1764000600000,
  ReportedLeaks1764000700000,
  AccessKeyGrants1764000701000,
  ImportedKeys1764000702000,
  MembersOfAUser1764000703000,
  Authority1765000000000,
  Lineage1765000001000,
  CredentialEmails1765000010000,
  PolicyAtUse1765000400000,
  AddressLists1765000401000,
  BulkRevocations1765000402000,
  AccessKeyRequests1765000410000,
  IdempotencyKeys1765000411000,
  NetworksOfRequests1765000412000,
  AuditVerifications1765000420000,
  ToolConfirmations1765000600000,
  OwnGrants1765000601000,
  ViewsForOthers1765000700000,
  OneRefusal1765000709000,
  LongLists1765001000000,
  AccessKeyCounts1765001100000,
  BulkRevocationsDone1765002100000,
  AuditArchives1765002120000,
  HoldMaker1765003000000,
  OrganizationsThatDemand1765003200000,
  MadeWhereItReaches1765003310000,
  ShutPastExpiry1765004100000,
  LatestArchived1765004300000,
  WhoGaveTheRole1765005100000,
  EndedVia1765005200000,
];

/** The names of the migrations that the database has seen. Fails with 42P01 where nothing ever migrated. */
export const APPLIED_MIGRATIONS = 'SELECT name FROM migrations';
