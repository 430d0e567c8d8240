import { ApiProperty } from '@nestjs/swagger';
import type { OutcomeHint, ProviderOutcome } from './adapters/adapter.js';
import type { CheckResult } from './outbound/provider-check.js';

const OUTCOMES: readonly ProviderOutcome[] = [
  'ok',
  'bad_key',
  'restricted',
  'quota',
  'rate_limited',
  'provider_down',
  'our_fault',
  'unknown',
];

/** What the provider's harmless call showed of a key. */
export class ProviderCheckAnswer {
  @ApiProperty({ enum: OUTCOMES }) outcome!: ProviderOutcome;
  @ApiProperty({ type: String, nullable: true, description: 'Says more, where there is more to say.' })
  hint!: OutcomeHint | null;
  @ApiProperty({ type: 'integer', nullable: true, description: '`null`: there was no answer.' })
  provider_status!: number | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Seconds until asking again can help, if told.',
  })
  retry_after!: number | null;
}

/** What a check showed of a key. */
export function providerCheckAnswer({
  outcome,
  hint,
  status,
  retryAfterSeconds,
}: CheckResult): ProviderCheckAnswer {
  return { outcome, hint: hint ?? null, provider_status: status, retry_after: retryAfterSeconds ?? null };
}
