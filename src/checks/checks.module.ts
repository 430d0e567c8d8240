import { Module } from '@nestjs/common';
import { ApiAccessKeysModule } from '../api-access-keys/api-access-keys.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { UsersModule } from '../users/users.module.js';
import { CheckRoutes } from './check-routes.js';
import { GatewayCheck } from './gateway-check.js';
import { Gateways } from './gateways.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionService } from './introspection.service.js';

/** What others ask us about credentials: gateways about each request, services about one credential. */
@Module({
  imports: [AuthModule, ApiAccessKeysModule, UsersModule, OrganizationsModule],
  controllers: [IntrospectionController],
  providers: [Gateways, GatewayCheck, CheckRoutes, IntrospectionService],
})
export class ChecksModule {}
