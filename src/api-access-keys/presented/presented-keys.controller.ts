import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Public } from '../../access/decorators.js';
import { RateLimited } from '../../access/limits.js';
import type { Actor } from '../../access/principal.js';
import { KeyDiagnosis } from './key-diagnosis.js';
import { LeakReports } from './leak-reports.js';
import {
  DescribeReport,
  DiagnoseBody,
  DiagnosisAnswer,
  diagnosisAnswer,
  LeakReportAnswer,
  leakReportAnswer,
  ReportLeakBody,
} from './presented-keys.dto.js';

/** For whoever holds a whole key, in the body and not as a credential: dead keys can be asked about as well. */
@ApiTags('Presented access keys')
@Controller('api/auth/access-keys')
export class PresentedKeysController {
  constructor(
    private readonly diagnosis: KeyDiagnosis,
    private readonly leaks: LeakReports,
  ) {}

  @Post('diagnose')
  @HttpCode(200)
  @Public()
  @RateLimited('diagnose')
  @ApiOperation({ summary: 'Why does this key (not) work?' })
  @ApiOkResponse({ type: DiagnosisAnswer })
  async diagnose(@CurrentActor() by: Actor, @Body() { key }: DiagnoseBody): Promise<DiagnosisAnswer> {
    return diagnosisAnswer(await this.diagnosis.diagnose(by, key));
  }

  @Post('report-leak')
  @HttpCode(200)
  @Public()
  @RateLimited('report_leak')
  @ApiOperation({
    summary: 'Revoke leaked keys, and the keys that succeeded them',
    description:
      'Takes what scanners report as it is, too: a list of up to 100 objects with the key as `token` (GitHub) or `Secret` (gitleaks).',
  })
  @DescribeReport()
  @ApiOkResponse({ type: LeakReportAnswer })
  async reportLeak(@CurrentActor() by: Actor, @Body() { keys }: ReportLeakBody): Promise<LeakReportAnswer> {
    return leakReportAnswer(await this.leaks.report(by, keys));
  }
}
