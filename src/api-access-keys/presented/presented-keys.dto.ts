import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import { TextField } from '../../common/fields.js';
import { TextListField } from '../../common/list-fields.js';
import { ReachableOrganizationAnswer } from '../../organizations/organizations.dto.js';
import { DIAGNOSES, type Diagnosis } from './key-diagnosis.js';
import { LEAK_OUTCOMES, type LeakOutcome } from './leak-reports.js';

const instant = { type: String, format: 'date-time', nullable: true, required: false } as const;

/** A whole key, of which somebody asks why it works or not. */
export class DiagnoseBody {
  @TextField({ max: 1000, trim: false, description: 'The whole key, `prefix.secret`.' }) key!: string;
}

/** What is known of a presented key. Of an unknown one, or with a wrong secret, the status alone. */
export class DiagnosisAnswer {
  @ApiProperty({ enum: DIAGNOSES }) status!: Diagnosis['status'];
  @ApiProperty({ enum: ACCESS_LEVELS, required: false }) access_level?: AccessLevel;
  @ApiProperty(instant) expires_at?: Date | null;
  @ApiProperty(instant) revoked_at?: Date | null;
  @ApiProperty({
    type: [ReachableOrganizationAnswer],
    required: false,
    description: 'Where the key works at this moment; none unless it works at all.',
  })
  organizations?: ReachableOrganizationAnswer[];
}

/** What is told of a presented key; of one that is none of ours, that alone. */
export function diagnosisAnswer(diagnosis: Diagnosis | null): DiagnosisAnswer {
  if (!diagnosis) return { status: 'unknown' };
  return {
    status: diagnosis.status,
    access_level: diagnosis.accessLevel,
    expires_at: diagnosis.expiresAt,
    revoked_at: diagnosis.revokedAt,
    organizations: diagnosis.organizations,
  };
}

/** A finding of GitHub's scanner; its other fields say nothing to us. */
class GitHubFinding {
  @ApiProperty({ description: 'The whole key.' }) token!: string;
}

/** A finding of gitleaks'; its other fields say nothing to us. */
class GitleaksFinding {
  @ApiProperty({ description: 'The whole key.' }) Secret!: string;
}

const MOST_REPORTED = 100;

/** Keys that somebody found where they don't belong. */
export class ReportLeakBody {
  @TextListField({ min: 1, max: MOST_REPORTED, description: 'The whole keys, `prefix.secret`.' })
  keys!: string[];

  /** A scanner's report: objects with the key as `token` (GitHub) or `Secret` (gitleaks); their other fields say nothing to us. */
  static ofList(list: readonly unknown[]): { keys: unknown[] } {
    return { keys: list.map(foundKey) };
  }
}

function foundKey(finding: unknown): unknown {
  if (typeof finding !== 'object' || finding === null) return finding;
  const { token, Secret } = finding as Record<string, unknown>;
  return token ?? Secret ?? '';
}

/** Both forms of a report: a list of keys, or what scanners report as it is. */
export const DescribeReport = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(ReportLeakBody, GitHubFinding, GitleaksFinding),
    ApiBody({
      schema: {
        oneOf: [
          { $ref: getSchemaPath(ReportLeakBody) },
          {
            type: 'array',
            minItems: 1,
            maxItems: MOST_REPORTED,
            items: {
              anyOf: [{ $ref: getSchemaPath(GitHubFinding) }, { $ref: getSchemaPath(GitleaksFinding) }],
            },
          },
        ],
      },
    }),
  );

class LeakResult {
  @ApiProperty({ type: 'integer', description: 'Of the key in the report, from 0.' }) index!: number;
  @ApiProperty({ enum: LEAK_OUTCOMES }) outcome!: LeakOutcome;
}

/** What became of each reported key, by its place: keys aren't repeated. */
export class LeakReportAnswer {
  @ApiProperty({ type: [LeakResult] }) results!: LeakResult[];
}

/** What became of each reported key. */
export function leakReportAnswer(outcomes: readonly LeakOutcome[]): LeakReportAnswer {
  return { results: outcomes.map((outcome, index) => ({ index, outcome })) };
}
