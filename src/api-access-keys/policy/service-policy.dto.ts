import { ApiProperty } from '@nestjs/swagger';
import { BooleanField } from '../../common/fields.js';
import type { ServicePolicy } from './service-policy.entity.js';

/** What of the policy changes; the rest stays. */
export class ChangeServicePolicyBody {
  @BooleanField({
    optional: true,
    description: 'No access key is made or rotated, in whatever organization.',
  })
  issuing_stopped?: boolean;
}

/** What holds for the keys of all organizations. */
export class ServicePolicyAnswer {
  @ApiProperty({ description: 'No access key is made or rotated.' }) issuing_stopped!: boolean;
}

/** The policy as staff see it. */
export function servicePolicyAnswer({ issuingStopped }: ServicePolicy): ServicePolicyAnswer {
  return { issuing_stopped: issuingStopped };
}
