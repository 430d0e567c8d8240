import { ApiProperty } from '@nestjs/swagger';

/** An organization as `GET /api/orgs/` lists it. */
export class ReachableOrganization {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ description: "The caller's role there." }) role!: string;
}
