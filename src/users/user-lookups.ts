import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Lookup } from '../common/field-rules.js';
import { noSuchObject } from '../common/fields.js';
import { User } from './user.entity.js';

/** What is told of a user who is not active. */
export const USER_INACTIVE = 'The user is not active.';

/** There is such a user. */
@Injectable()
export class ExistingUser implements Lookup<number> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(id: number): Promise<string | undefined> {
    return (await this.dataSource.manager.existsBy(User, { id })) ? undefined : noSuchObject(id);
  }
}

/** There is such a user, who is active. */
@Injectable()
export class ActiveUser implements Lookup<number> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(id: number): Promise<string | undefined> {
    const user = await this.dataSource.manager.findOneBy(User, { id });
    if (!user) return noSuchObject(id);
    return user.isActive ? undefined : USER_INACTIVE;
  }
}
