import type { ExpectedVersions } from '../common/edit-version.js';
import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../access/decorators.js';
import { Creates } from '../http/idempotent.js';
import { ObjectFirst } from '../http/object-first.js';
import type { Principal } from '../access/principal.js';
import { IfMatch, Versioned } from '../http/answers.js';
import { Id } from '../http/id.pipe.js';
import { ApiPage, type Page } from '../common/list.js';
import { CreateUserBody, UserAnswer, userAnswer, ChangeUserBody, UserListQuery } from './users.dto.js';
import { UsersService } from './users.service.js';

/** Accounts, for staff. */
@ApiTags('Staff: users')
@Controller('api/admin/users')
export class UsersAdminController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'All users' })
  @ApiPage(UserAnswer)
  async list(@Query() query: UserListQuery): Promise<Page<UserAnswer>> {
    return (await this.users.listAll(query)).map(userAnswer);
  }

  @Post()
  @StaffOnly()
  @Creates(Versioned.as(userAnswer))
  @ApiOperation({ summary: 'Make an account; a one-time password link starts it' })
  @ApiCreatedResponse({ type: UserAnswer })
  async create(
    @CurrentPrincipal() by: Principal,
    @Body() { email, name }: CreateUserBody,
  ): Promise<Versioned<UserAnswer>> {
    return Versioned.of(await this.users.create(by, { email, name }), userAnswer);
  }

  @Get(':id')
  @StaffOnly()
  @ApiOperation({ summary: 'One user' })
  @ApiOkResponse({ type: UserAnswer })
  async retrieve(@Id() id: number): Promise<Versioned<UserAnswer>> {
    return Versioned.of(await this.users.getAsStaff(id), userAnswer);
  }

  @Patch(':id')
  @StaffOnly()
  @ObjectFirst(UsersService)
  @ApiOperation({ summary: 'Rename a user' })
  @ApiOkResponse({ type: UserAnswer })
  async update(
    @CurrentPrincipal() by: Principal,
    @Id() id: number,
    @Body() changes: ChangeUserBody,
    @IfMatch() versions: ExpectedVersions | undefined,
  ): Promise<Versioned<UserAnswer>> {
    return Versioned.of(await this.users.change(by, id, changes, versions), userAnswer);
  }

  @Post(':id/deactivate')
  @HttpCode(200)
  @StaffOnly()
  @ApiOperation({
    summary: 'Shut a user out at once: sessions, tokens and access keys open nothing any more',
  })
  @ApiOkResponse({ type: UserAnswer })
  async deactivate(@CurrentPrincipal() by: Principal, @Id() id: number): Promise<Versioned<UserAnswer>> {
    return Versioned.of(await this.users.deactivate(by, id), userAnswer);
  }

  @Post(':id/activate')
  @HttpCode(200)
  @StaffOnly()
  @ApiOperation({
    summary: 'Let a deactivated user in again',
    description: 'Access keys that were not revoked work again; sessions and tokens of before stay dead.',
  })
  @ApiOkResponse({ type: UserAnswer })
  async activate(@CurrentPrincipal() by: Principal, @Id() id: number): Promise<Versioned<UserAnswer>> {
    return Versioned.of(await this.users.activate(by, id), userAnswer);
  }
}
