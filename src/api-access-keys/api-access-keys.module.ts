import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessKeyRows } from './access-key-rows.js';
import { AccessKeysAdminController } from './access-keys.admin.controller.js';
import { ApiAccessKey } from './api-access-key.entity.js';
import { ApiAccessKeysService } from './api-access-keys.service.js';
import { newKey } from './key-format.js';
import { KEY_GENERATOR, KeyMinting } from './key-minting.js';
import { KeyRecipients } from './key-recipient.js';
import { KeyRevocation } from './key-revocation.js';

/** The keys that authenticate callers to us, from issue to revocation. */
@Module({
  imports: [UsersModule, OrganizationsModule, TypeOrmModule.forFeature([ApiAccessKey])],
  controllers: [AccessKeysAdminController],
  providers: [
    { provide: KEY_GENERATOR, useValue: newKey },
    AccessKeyRows,
    KeyMinting,
    KeyRecipients,
    KeyRevocation,
    ApiAccessKeysService,
  ],
  exports: [ApiAccessKeysService],
})
export class ApiAccessKeysModule {}
