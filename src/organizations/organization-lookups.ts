import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import type { Asker, Lookup } from '../common/field-rules.js';
import { noSuchObject } from '../common/fields.js';
import { isMemberFrom } from './member-rows.js';
import { Organization } from './organization.entity.js';

/** There is such an organization, and staff didn't disable it. */
@Injectable()
export class LiveOrganization implements Lookup<number> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(id: number): Promise<string | undefined> {
    const live = await this.dataSource.manager.existsBy(Organization, { id, disabledAt: IsNull() });
    return live ? undefined : noSuchObject(id);
  }
}

/** Whoever asks is a member of it and reaches it from there: one that isn't theirs looks as if there were none. */
@Injectable()
export class OwnOrganization implements Lookup<number> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(id: number, { userId, from }: Asker): Promise<string | undefined> {
    return (await isMemberFrom(this.dataSource.manager, id, userId, from)) ? undefined : noSuchObject(id);
  }
}
