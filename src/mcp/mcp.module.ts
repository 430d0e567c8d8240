import { Module } from '@nestjs/common';
import { ApiAccessKeysModule } from '../api-access-keys/api-access-keys.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CallSummariesModule } from '../call-summaries/call-summaries.module.js';
import { Lookups } from '../http/lookups.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProviderCallsModule } from '../provider-calls/provider-calls.module.js';
import { ProviderKeysModule } from '../provider-keys/provider-keys.module.js';
import { Confirmations } from './confirmations.js';
import { McpController } from './mcp.controller.js';
import { McpEndpoint } from './mcp-endpoint.js';
import { ToolCalls } from './tool-calls.js';
import { ResourceMetadataController } from './resource-metadata.controller.js';
import { AccessKeyTools } from './tools/access-key-tools.js';
import { AuditTools } from './tools/audit-tools.js';
import { OrganizationTools } from './tools/organization-tools.js';
import { ProviderKeyTools } from './tools/provider-key-tools.js';
import { Tools } from './tools/tools.js';

/** Tools for assistants, over the services that REST has. */
@Module({
  imports: [
    AuthModule,
    OrganizationsModule,
    ApiAccessKeysModule,
    ProviderKeysModule,
    ProviderCallsModule,
    CallSummariesModule,
  ],
  controllers: [McpController, ResourceMetadataController],
  providers: [
    Confirmations,
    Lookups,
    OrganizationTools,
    ProviderKeyTools,
    AccessKeyTools,
    AuditTools,
    Tools,
    ToolCalls,
    McpEndpoint,
  ],
})
export class McpModule {}
