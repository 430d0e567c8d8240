import { ApiProperty } from '@nestjs/swagger';
import { TextField } from '../common/fields.js';

const LONGEST_NAME = 150;

/** What an organization starts as. */
export class NewOrganization {
  @TextField({ max: LONGEST_NAME })
  name!: string;
}

/** An organization as `GET /api/orgs/` lists it. */
export class ReachableOrganization {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ description: "The caller's role there." }) role!: string;
}
