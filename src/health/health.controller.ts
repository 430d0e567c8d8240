import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../access/decorators.js';
import { HealthService } from './health.service.js';

export const COMPONENT_STATES = ['ok', 'unreachable', 'pending', 'wrong'];
export const READINESS = ['ready', 'not_ready', 'leaving'];

const states = { type: 'string', enum: COMPONENT_STATES };
const readiness = {
  type: 'object',
  required: ['status', 'database', 'migrations', 'key_ring'],
  properties: {
    status: { type: 'string', enum: READINESS },
    database: states,
    migrations: states,
    key_ring: states,
  },
};

/** Whether this process lives, and whether it can serve. */
@ApiTags('Machines')
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('healthz')
  @Public()
  @ApiOperation({ summary: 'Alive: the process answers' })
  @ApiOkResponse({
    schema: {
      type: 'object',
      required: ['status'],
      properties: { status: { type: 'string', enum: ['ok'] } },
    },
  })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public()
  @ApiOperation({
    summary:
      'Ready: the database is there, its schema is current, the key ring is its own, and this instance stays',
  })
  @ApiOkResponse({ schema: readiness })
  @ApiServiceUnavailableResponse({ description: 'Not ready.', schema: readiness })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, string>> {
    const checks = await this.health.readiness();
    const well = Object.values(checks).every((result) => result === 'ok');
    const status = this.health.leaving ? 'leaving' : well ? 'ready' : 'not_ready';
    if (status !== 'ready') void reply.code(503).header('Retry-After', '5');
    return { status, ...checks };
  }
}
