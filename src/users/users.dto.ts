import { ApiProperty } from '@nestjs/swagger';
import { TextField } from '../common/fields.js';
import { ListQuery, OrderedBy } from '../common/list.js';
import { BooleanFilter } from '../common/list-filters.js';
import { EmailField } from './email.js';
import type { User } from './user.entity.js';

const LONGEST_NAME = 150;

/** What an account starts as. */
export class CreateUserBody {
  @EmailField()
  email!: string;

  @TextField({ max: LONGEST_NAME })
  name!: string;
}

/** What of an account can be edited. */
export class ChangeUserBody {
  @TextField({ max: LONGEST_NAME, optional: true })
  name?: string;
}

/** What the list of users takes. */
@OrderedBy(['id', 'email', 'name', 'created_at'], ['email', 'name'])
export class UserListQuery extends ListQuery {
  @BooleanFilter()
  is_active?: boolean;

  @BooleanFilter()
  is_staff?: boolean;
}

/** An account as staff see it. */
export class UserAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ format: 'email' }) email!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'Our own staff. Set at the command line alone.' }) is_staff!: boolean;
  @ApiProperty({ description: 'Nothing that a deactivated user holds opens anything.' }) is_active!: boolean;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
}

/** An account as staff see it. */
export function userAnswer(user: User): UserAnswer {
  const { id, email, name, isStaff, isActive, createdAt } = user;
  return { id, email, name, is_staff: isStaff, is_active: isActive, created_at: createdAt };
}
