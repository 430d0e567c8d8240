import { Module } from '@nestjs/common';
import { ApiAccessKeysModule } from '../api-access-keys/api-access-keys.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProviderKeysModule } from '../provider-keys/provider-keys.module.js';
import { AttentionController } from './attention.controller.js';
import { AttentionService } from './attention.service.js';

/** What waits for somebody, all in one place. */
@Module({
  imports: [ApiAccessKeysModule, OrganizationsModule, ProviderKeysModule],
  controllers: [AttentionController],
  providers: [AttentionService],
})
export class AttentionModule {}
