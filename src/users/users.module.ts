import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsService } from './accounts.service.js';
import { HashingMetrics } from './hashing-metrics.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordsService } from './passwords.service.js';
import { ActiveUser, ExistingUser } from './user-lookups.js';
import { User } from './user.entity.js';
import { UsersAdminController } from './users.admin.controller.js';
import { UsersService } from './users.service.js';

/** People: accounts, staff flag, activity. */
@Module({
  imports: [TypeOrmModule.forFeature([User])],
  controllers: [UsersAdminController],
  providers: [
    UsersService,
    AccountsService,
    PasswordsService,
    PasswordHasher,
    HashingMetrics,
    ExistingUser,
    ActiveUser,
  ],
  exports: [TypeOrmModule, UsersService, AccountsService, PasswordsService, PasswordHasher],
})
export class UsersModule {}
