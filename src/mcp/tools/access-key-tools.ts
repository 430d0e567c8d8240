import { Injectable } from '@nestjs/common';
import { accessKeyAnswer } from '../../api-access-keys/access-key.dto.js';
import {
  instantOf,
  RevokeKeyBody,
  revocationOf,
  SuspendKeyBody,
} from '../../api-access-keys/access-key-bodies.dto.js';
import { KeyListQuery } from '../../api-access-keys/access-key-list.dto.js';
import type { ApiAccessKey } from '../../api-access-keys/access-key.entity.js';
import { AccessKeysController } from '../../api-access-keys/access-keys.controller.js';
import { AccessKeysService } from '../../api-access-keys/access-keys.service.js';
import { ownKeys } from '../../api-access-keys/key-scope.js';
import type { Principal } from '../../access/principal.js';
import { IdField } from '../../common/fields.js';
import { listed } from '../results.js';
import { listArguments, queryOf } from './arguments.js';
import { ownTool, ToolSet } from './tool.js';

class WhichAccessKey {
  @IdField({ description: 'The access key: `access_key_list.results[].id`.' }) access_key_id!: number;
}

/** The caller's own access keys: a key may look, a person must act (contract §4). No answer holds a secret. */
@Injectable()
export class AccessKeyTools extends ToolSet {
  constructor(private readonly keys: AccessKeysService) {
    super();
  }

  readonly tools = [
    ownTool([AccessKeysController, 'list'], {
      name: 'access_key_list',
      title: 'List access keys',
      description: "The caller's own access keys, without their secrets.",
      takes: listArguments(KeyListQuery),
      run: async (caller, taken: KeyListQuery) => {
        const query = queryOf(taken);
        return listed((await this.keys.list(ownKeys(caller), query)).map(accessKeyAnswer), query);
      },
    }),
    ownTool([AccessKeysController, 'get'], {
      name: 'access_key_retrieve',
      title: 'Show an access key',
      description: "One of the caller's own access keys, without its secret.",
      takes: [WhichAccessKey],
      run: async (caller, { access_key_id: id }: WhichAccessKey) =>
        accessKeyAnswer(await this.get(caller, id)),
    }),
    ownTool([AccessKeysController, 'suspend'], {
      name: 'access_key_suspend',
      title: 'Suspend an access key',
      description: "Stops one of the caller's own access keys, for a time or until it is resumed.",
      destructive: true,
      takes: [WhichAccessKey, SuspendKeyBody],
      preview: (caller, { access_key_id: id }: WhichAccessKey) => this.shown(caller, id),
      run: async (caller, { access_key_id: id, until }: WhichAccessKey & SuspendKeyBody) =>
        acted(await this.keys.suspend(ownKeys(caller), { id }, instantOf(until))),
    }),
    ownTool([AccessKeysController, 'resume'], {
      name: 'access_key_resume',
      title: 'Resume an access key',
      description: 'Lets an access key work again that its user suspended.',
      takes: [WhichAccessKey],
      preview: (caller, { access_key_id: id }: WhichAccessKey) => this.shown(caller, id),
      run: async (caller, { access_key_id: id }) => acted(await this.keys.resume(ownKeys(caller), { id })),
    }),
    ownTool([AccessKeysController, 'revoke'], {
      name: 'access_key_revoke',
      title: 'Revoke an access key',
      description: "Ends one of the caller's own access keys for good.",
      destructive: true,
      takes: [WhichAccessKey, RevokeKeyBody],
      preview: (caller, { access_key_id: id }: WhichAccessKey) => this.shown(caller, id),
      run: async (caller, { access_key_id: id, ...body }: WhichAccessKey & RevokeKeyBody) =>
        acted((await this.keys.revoke(ownKeys(caller), { id }, revocationOf(body))).row),
    }),
  ];

  private get(caller: Principal, id: number): Promise<ApiAccessKey> {
    return this.keys.get(ownKeys(caller), { id });
  }

  private async shown(caller: Principal, id: number): Promise<object> {
    return { access_key: accessKeyAnswer(await this.get(caller, id)) };
  }
}

function acted(row: ApiAccessKey): object {
  return { access_key_id: row.id, access_key: accessKeyAnswer(row) };
}
