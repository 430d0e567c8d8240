import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, StaffOnly } from '../../access/decorators.js';
import type { Principal } from '../../access/principal.js';
import { ChangeServicePolicyBody, ServicePolicyAnswer, servicePolicyAnswer } from './service-policy.dto.js';
import { ServicePolicies } from './service-policy.js';

/** What holds for the keys of all organizations, for staff. */
@ApiTags('Staff: access keys')
@Controller('api/admin/policy')
export class ServicePolicyAdminController {
  constructor(private readonly policies: ServicePolicies) {}

  @Get()
  @StaffOnly()
  @ApiOperation({ summary: 'What holds for the access keys of all organizations' })
  @ApiOkResponse({ type: ServicePolicyAnswer })
  async get(): Promise<ServicePolicyAnswer> {
    return servicePolicyAnswer(await this.policies.get());
  }

  @Patch()
  @StaffOnly()
  @ApiOperation({
    summary: 'Stop the issuing and rotation of access keys in all organizations, or allow it again',
    description: 'Through an access key it is only stopped: 403 for allowing it again.',
  })
  @ApiOkResponse({ type: ServicePolicyAnswer })
  async change(
    @CurrentPrincipal() by: Principal,
    @Body() { issuing_stopped }: ChangeServicePolicyBody,
  ): Promise<ServicePolicyAnswer> {
    return servicePolicyAnswer(await this.policies.change(by, { issuingStopped: issuing_stopped }));
  }
}
