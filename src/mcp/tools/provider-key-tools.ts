import { Injectable } from '@nestjs/common';
import { KEY_TYPE_LABELS } from '../../access/key-types.js';
import { CallSummariesController } from '../../call-summaries/call-summaries.controller.js';
import { callSummaryAnswer, CallSummaryQuery } from '../../call-summaries/call-summaries.dto.js';
import { CallSummariesService } from '../../call-summaries/call-summaries.service.js';
import { NotFound } from '../../common/errors.js';
import { IdField } from '../../common/fields.js';
import { ProviderCallError } from '../../provider-calls/outbound/provider-call-error.js';
import { ProviderCallsService } from '../../provider-calls/provider-calls.service.js';
import { ProviderChecksController } from '../../provider-calls/provider-checks.controller.js';
import { providerCheckAnswer } from '../../provider-calls/provider-checks.dto.js';
import { refusalOfError } from '../../provider-calls/refusals.js';
import { judgeKey } from '../../provider-keys/key-input.js';
import { ProviderKeysController } from '../../provider-keys/provider-keys.controller.js';
import {
  ChangeProviderKeyBody,
  CreateProviderKeyBody,
  providerKeyAnswer,
  ProviderKeyListQuery,
} from '../../provider-keys/provider-keys.dto.js';
import { ProviderKeysService } from '../../provider-keys/provider-keys.service.js';
import { RateLimits } from '../../rate-limits/rate-limits.js';
import { listed } from '../results.js';
import { listArguments, queryOf } from './arguments.js';
import { organizationTool, ToolSet } from './tool.js';

class WhichProviderKey {
  @IdField({ description: 'The provider key: `provider_key_list.results[].id`.' }) provider_key_id!: number;
}

const TYPES = Object.entries(KEY_TYPE_LABELS)
  .map(([type, label]) => `${type} ${label}`)
  .join(', ');

/** What authenticates an organization to third parties; secrets go in and never come out. */
@Injectable()
export class ProviderKeyTools extends ToolSet {
  constructor(
    private readonly keys: ProviderKeysService,
    private readonly calls: ProviderCallsService,
    private readonly summaries: CallSummariesService,
    private readonly limits: RateLimits,
  ) {
    super();
  }

  readonly tools = [
    organizationTool([ProviderKeysController, 'list'], {
      name: 'provider_key_list',
      title: 'List provider keys',
      description: `The keys of third parties that an organization stored, masked. Types: ${TYPES}.`,
      takes: listArguments(ProviderKeyListQuery),
      run: async (member, taken: ProviderKeyListQuery) => {
        const query = queryOf(taken);
        return listed((await this.keys.list(member, query)).map(providerKeyAnswer), query);
      },
    }),
    organizationTool([ProviderKeysController, 'retrieve'], {
      name: 'provider_key_retrieve',
      title: 'Show a provider key',
      description: 'One provider key, masked, with its health and use.',
      takes: [WhichProviderKey],
      run: async (member, { provider_key_id: id }: WhichProviderKey) =>
        providerKeyAnswer(await this.keys.get(member, id)),
    }),
    organizationTool([ProviderKeysController, 'store'], {
      name: 'provider_key_create',
      title: 'Store a provider key',
      description: `Stores a key of a third party; its secret is sealed and never shown again. Types: ${TYPES}.`,
      takes: [CreateProviderKeyBody],
      preview: (_member, { key_type: type, key, settings }: CreateProviderKeyBody) => {
        judgeKey(type, { key, settings });
        return Promise.resolve({});
      },
      run: async (member, body) => provided(await this.keys.store(member, body)),
    }),
    organizationTool([ProviderKeysController, 'update'], {
      name: 'provider_key_update',
      title: 'Change a provider key',
      description:
        'Renames, enables, disables or prefers a provider key, or gives it a new secret. What is left out stays.',
      destructive: true,
      takes: [WhichProviderKey, ChangeProviderKeyBody],
      preview: async (
        member,
        { provider_key_id: id, ...changes }: WhichProviderKey & ChangeProviderKeyBody,
      ) => {
        const before = await this.keys.get(member, id);
        judgeKey(before.key.keyType, changes, before.key.settings);
        return { provider_key: providerKeyAnswer(before) };
      },
      run: async (member, { provider_key_id: id, ...changes }) =>
        provided(await this.keys.change(member, id, changes)),
    }),
    organizationTool([ProviderChecksController, 'check'], {
      name: 'provider_key_check',
      title: 'Check a provider key',
      description:
        'Asks the provider whether a stored key works: one harmless request, which uses its quota and is counted.',
      openWorld: true,
      takes: [WhichProviderKey],
      preview: async (member, { provider_key_id: id }: WhichProviderKey) => ({
        provider_key: providerKeyAnswer(await this.keys.get(member, id)),
      }),
      run: async (member, { provider_key_id: id }) => {
        await this.limits.takeProviderCheck(member, id);
        try {
          return { provider_key_id: id, ...providerCheckAnswer(await this.calls.check(member, id)) };
        } catch (error) {
          throw error instanceof ProviderCallError ? refusalOfError(error) : error;
        }
      },
    }),
    organizationTool([CallSummariesController, 'list'], {
      name: 'call_summary_list',
      title: 'List daily usage of a provider key',
      description:
        'How often a provider key was used, by UTC day, newest first. Days without calls are left out.',
      takes: [WhichProviderKey, ...listArguments(CallSummaryQuery)],
      run: async (member, { provider_key_id: id, ...taken }: WhichProviderKey & CallSummaryQuery) => {
        if (!(await this.keys.exists(member, id))) throw new NotFound();
        const query = queryOf(taken as CallSummaryQuery);
        return listed((await this.summaries.list(member, id, query)).map(callSummaryAnswer), query);
      },
    }),
  ];
}

function provided(key: Parameters<typeof providerKeyAnswer>[0]): object {
  return { provider_key_id: key.key.id, provider_key: providerKeyAnswer(key) };
}
