import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessKeyGrant } from './grants/access-key-grant.entity.js';
import { AccessKeyGrantsAdminController } from './grants/grants.admin.controller.js';
import { AccessKeyGrantsController } from './grants/grants.controller.js';
import { KeyGranting } from './grants/granting.js';
import { AccessKeyRequest } from './requests/access-key-request.entity.js';
import { OrganizationRequestsController } from './requests/organization-requests.controller.js';
import { RequestRows } from './requests/request-rows.js';
import { AccessKeyRequestsAdminController } from './requests/requests.admin.controller.js';
import { AccessKeyRequestsController } from './requests/requests.controller.js';
import { RequestsService } from './requests/requests.service.js';
import { AccessKeyRows } from './access-key-rows.js';
import { AccessKeysController } from './access-keys.controller.js';
import { CurrentKeyController } from './current-key.controller.js';
import { KeyDiagnosis } from './presented/key-diagnosis.js';
import { OwnGrants } from './grants/own-grants.js';
import { GrantsService } from './grants/grants.service.js';
import { KeyProof } from './presented/key-proof.js';
import { ImportedKeys } from './imported/imported-keys.js';
import { KeyImport } from './imported/key-import.js';
import { KeyReview } from './review/key-review.js';
import { LeakReports } from './presented/leak-reports.js';
import { OrganizationKeysController } from './organization-keys.controller.js';
import { PresentedKeysController } from './presented/presented-keys.controller.js';
import { AccessKeysAdminController } from './access-keys.admin.controller.js';
import { ApiAccessKey } from './access-key.entity.js';
import { AccessKeysService } from './access-keys.service.js';
import { newKey } from './key-format.js';
import { KEY_GENERATOR, KeyMinting } from './life/minting.js';
import { KeyIssuing } from './life/issuing.js';
import { BulkAdminController, OrganizationBulkController } from './bulk/bulk.controllers.js';
import { BulkRevocation } from './bulk/bulk-revocation.entity.js';
import { BulkRevocations } from './bulk/bulk-revocations.js';
import { LapsedCounts } from './bulk/lapsed-counts.js';
import { ServicePolicyAdminController } from './policy/service-policy.admin.controller.js';
import { ServicePolicy } from './policy/service-policy.entity.js';
import { ServicePolicies } from './policy/service-policy.js';
import { MadeGrants } from './grants/made-grants.js';
import { MadeKeys } from './life/made-keys.js';
import { FutureInstant } from './life/future.js';
import { KeyEditing } from './life/editing.js';
import { KeyCounts } from './use/key-counts.js';
import { KeyFirstUse } from './use/first-use.js';
import { KeyLastUse } from './use/last-use.js';
import { KeyRotation } from './life/rotation.js';
import { KeySuspension } from './life/suspension.js';
import { KeyTallyFolding } from './key-tally.js';
import { KeyRevocation } from './life/revocation.js';

/** The keys that authenticate callers to us, from issue to revocation. */
@Module({
  imports: [
    UsersModule,
    OrganizationsModule,
    TypeOrmModule.forFeature([ApiAccessKey, AccessKeyGrant, AccessKeyRequest, ServicePolicy, BulkRevocation]),
  ],
  controllers: [
    AccessKeysAdminController,
    ServicePolicyAdminController,
    BulkAdminController,
    OrganizationBulkController,
    CurrentKeyController,
    PresentedKeysController,
    AccessKeyGrantsAdminController,
    AccessKeyGrantsController,
    AccessKeyRequestsAdminController,
    AccessKeyRequestsController,
    OrganizationRequestsController,
    AccessKeysController,
    OrganizationKeysController,
  ],
  providers: [
    { provide: KEY_GENERATOR, useValue: newKey },
    FutureInstant,
    AccessKeyRows,
    KeyMinting,
    KeyIssuing,
    KeyEditing,
    MadeKeys,
    MadeGrants,
    KeyRevocation,
    KeySuspension,
    KeyRotation,
    KeyFirstUse,
    KeyLastUse,
    AccessKeysService,
    KeyProof,
    KeyDiagnosis,
    LeakReports,
    KeyGranting,
    GrantsService,
    OwnGrants,
    RequestRows,
    RequestsService,
    KeyReview,
    ServicePolicies,
    BulkRevocations,
    LapsedCounts,
    KeyCounts,
    KeyTallyFolding,
    ImportedKeys,
    KeyImport,
  ],
  exports: [
    OwnGrants,
    AccessKeysService,
    GrantsService,
    RequestsService,
    KeyFirstUse,
    KeyLastUse,
    ImportedKeys,
  ],
})
export class ApiAccessKeysModule {}
