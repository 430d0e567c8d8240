import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsService } from './invitations.service.js';
import { MadeInvitations } from './made-invitations.js';
import { Member } from './member.entity.js';
import { MembersAdminController } from './members.admin.controller.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { Organization } from './organization.entity.js';
import { LiveOrganization, OwnOrganization } from './organization-lookups.js';
import { OrganizationsAdminController } from './organizations.admin.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsService } from './organizations.service.js';
import { PermissionsController } from './permissions.controller.js';
import { OrganizationRole } from './role-reference.js';
import { Role } from './role.entity.js';
import { RolesController } from './roles.controller.js';
import { RolesService } from './roles.service.js';

/** Tenants, their members and their roles. */
@Module({
  imports: [UsersModule, TypeOrmModule.forFeature([Organization, Role, Member])],
  controllers: [
    OrganizationsController,
    MembersController,
    RolesController,
    PermissionsController,
    InvitationsController,
    OrganizationsAdminController,
    MembersAdminController,
  ],
  providers: [
    OrganizationsService,
    MembersService,
    RolesService,
    InvitationsService,
    MadeInvitations,
    LiveOrganization,
    OwnOrganization,
    OrganizationRole,
  ],
  exports: [OrganizationsService, MembersService, RolesService, InvitationsService],
})
export class OrganizationsModule {}
