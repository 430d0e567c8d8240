import { Controller, Get, Header, Headers } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/decorators.js';
import { MetricsService } from './metrics.service.js';

@ApiTags('Machines')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @Public()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'What this process counts, for Prometheus' })
  @ApiOkResponse({ schema: { type: 'string' } })
  read(@Headers('authorization') authorization?: string): Promise<string> {
    return this.metrics.read(authorization);
  }
}
