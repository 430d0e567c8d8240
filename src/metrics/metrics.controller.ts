import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/decorators.js';
import { Refuses } from '../common/error-schemas.js';
import { MetricsService } from './metrics.service.js';

/** Figures for Prometheus. */
@ApiTags('Machines')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @Public()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'What this process counts, for Prometheus' })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  @ApiHeader({
    name: 'authorization',
    required: false,
    description: 'In production: `Bearer <METRICS_TOKEN>`.',
  })
  @Refuses(404, 'Not for this caller.')
  read(@Headers('authorization') authorization?: string): Promise<string> {
    return this.metrics.read(authorization);
  }
}
