import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { Member } from './member.entity.js';
import { MembersService } from './members.service.js';
import { Organization } from './organization.entity.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsService } from './organizations.service.js';
import { Role } from './role.entity.js';

/** Tenants, their members and their roles. */
@Module({
  imports: [UsersModule, TypeOrmModule.forFeature([Organization, Role, Member])],
  controllers: [OrganizationsController],
  providers: [OrganizationsService, MembersService],
  exports: [OrganizationsService, MembersService],
})
export class OrganizationsModule {}
