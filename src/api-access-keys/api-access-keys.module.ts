import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessKeyGrant } from './access-key-grant.entity.js';
import { AccessKeyGrantsAdminController } from './access-key-grants.admin.controller.js';
import { AccessKeyGrantsController } from './access-key-grants.controller.js';
import { AccessKeyRows } from './access-key-rows.js';
import { AccessKeysController } from './access-keys.controller.js';
import { CurrentKeyController } from './current-key.controller.js';
import { KeyDiagnosis } from './key-diagnosis.js';
import { KeyGrants } from './key-grants.service.js';
import { KeyProof } from './key-proof.js';
import { ImportedKeys } from './imported-keys.js';
import { KeyImport } from './key-import.js';
import { KeyReview } from './key-review.js';
import { LeakReports } from './leak-reports.js';
import { OrganizationKeys } from './organization-keys.service.js';
import { OrganizationKeysController } from './organization-keys.controller.js';
import { PresentedKeysController } from './presented-keys.controller.js';
import { SelfServeKeys } from './self-serve-keys.service.js';
import { AccessKeysAdminController } from './access-keys.admin.controller.js';
import { ApiAccessKey } from './api-access-key.entity.js';
import { ApiAccessKeysService } from './api-access-keys.service.js';
import { newKey } from './key-format.js';
import { KEY_GENERATOR, KeyMinting } from './key-minting.js';
import { KeyRecipients } from './key-recipient.js';
import { KeyEditing } from './key-editing.js';
import { KeyFirstUse } from './key-first-use.js';
import { KeyLastUse } from './key-last-use.js';
import { KeyRotation } from './key-rotation.js';
import { KeySuspension } from './key-suspension.js';
import { KeyRevocation } from './key-revocation.js';

/** The keys that authenticate callers to us, from issue to revocation. */
@Module({
  imports: [UsersModule, OrganizationsModule, TypeOrmModule.forFeature([ApiAccessKey, AccessKeyGrant])],
  controllers: [
    AccessKeysAdminController,
    CurrentKeyController,
    PresentedKeysController,
    AccessKeyGrantsAdminController,
    AccessKeyGrantsController,
    AccessKeysController,
    OrganizationKeysController,
  ],
  providers: [
    { provide: KEY_GENERATOR, useValue: newKey },
    AccessKeyRows,
    KeyMinting,
    KeyRecipients,
    KeyEditing,
    KeyRevocation,
    KeySuspension,
    KeyRotation,
    KeyFirstUse,
    KeyLastUse,
    ApiAccessKeysService,
    SelfServeKeys,
    OrganizationKeys,
    KeyProof,
    KeyDiagnosis,
    LeakReports,
    KeyGrants,
    KeyReview,
    ImportedKeys,
    KeyImport,
  ],
  exports: [ApiAccessKeysService, KeyFirstUse, KeyLastUse, ImportedKeys],
})
export class ApiAccessKeysModule {}
