import { Injectable } from '@nestjs/common';
import { accessKeyAnswer } from '../../api-access-keys/access-key.dto.js';
import {
  instantOf,
  IssueOwnKeyBody,
  ownOrderOf,
  RevokeKeyBody,
  revocationOf,
  RotateKeyBody,
  rotationOf,
  SuspendKeyBody,
} from '../../api-access-keys/access-key-bodies.dto.js';
import { KeyListQuery } from '../../api-access-keys/access-key-list.dto.js';
import type { ApiAccessKey } from '../../api-access-keys/access-key.entity.js';
import { AccessKeysController } from '../../api-access-keys/access-keys.controller.js';
import { AccessKeysService } from '../../api-access-keys/access-keys.service.js';
import type { AccessKeyGrant } from '../../api-access-keys/grants/access-key-grant.entity.js';
import { grantAnswer } from '../../api-access-keys/grants/grants.dto.js';
import { OwnGrants } from '../../api-access-keys/grants/own-grants.js';
import { AccessKeyRequestsController } from '../../api-access-keys/requests/requests.controller.js';
import {
  MakeRequestBody,
  requestAnswer,
  requestOrderOf,
} from '../../api-access-keys/requests/requests.dto.js';
import { RequestsService } from '../../api-access-keys/requests/requests.service.js';
import { ownKeys } from '../../api-access-keys/key-scope.js';
import type { Principal } from '../../access/principal.js';
import { IdField } from '../../common/fields.js';
import { listed } from '../results.js';
import { listArguments, queryOf } from './arguments.js';
import { ownTool, ToolSet } from './tool.js';

class WhichAccessKey {
  @IdField({ description: 'The access key: `access_key_list.results[].id`.' }) access_key_id!: number;
}

const MADE_BY_HAND =
  'The key itself is made and shown in the web app alone, when the user redeems the grant there within 7 days.';

/** The caller's own access keys: a key may look, a person must act (contract §4). No answer holds a secret. */
@Injectable()
export class AccessKeyTools extends ToolSet {
  constructor(
    private readonly keys: AccessKeysService,
    private readonly grants: OwnGrants,
    private readonly requests: RequestsService,
  ) {
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
    ownTool([AccessKeyRequestsController, 'make'], {
      name: 'access_key_request',
      title: 'Ask for an access key',
      description:
        'Asks for an access key in an organization; a manager or staff decide, and the user makes the key in the web app.',
      needs: 'membership',
      takes: [MakeRequestBody],
      preview: async (caller, body: MakeRequestBody) => {
        await this.requests.tryMake(caller, requestOrderOf(body));
        return {};
      },
      run: async (caller, body) => {
        const request = await this.requests.make(caller, requestOrderOf(body));
        return { access_key_request_id: request.id, access_key_request: requestAnswer(request) };
      },
    }),
    ownTool([AccessKeysController, 'issue'], {
      name: 'access_key_issue',
      title: 'Issue an access key',
      description: `Grants the caller an access key of their own, under the organization's policy. ${MADE_BY_HAND}`,
      needs: 'access_key.issue',
      takes: [IssueOwnKeyBody],
      preview: async (caller, body: IssueOwnKeyBody) => {
        await this.grants.tryIssue(caller, ownOrderOf(body));
        return {};
      },
      run: async (caller, body) => granted(await this.grants.issue(caller, ownOrderOf(body))),
    }),
    ownTool([AccessKeysController, 'rotate'], {
      name: 'access_key_rotate',
      title: 'Rotate an access key',
      description: `Grants the caller the successor of one of their access keys; both work for a while. ${MADE_BY_HAND}`,
      needs: 'access_key.issue',
      takes: [WhichAccessKey, RotateKeyBody],
      preview: async (caller, { access_key_id: id, ...body }: WhichAccessKey & RotateKeyBody) => {
        await this.grants.tryRotate(caller, id, rotationOf(body));
        return this.shown(caller, id);
      },
      run: async (caller, { access_key_id: id, ...body }) =>
        granted(await this.grants.rotate(caller, id, rotationOf(body))),
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

function granted(grant: AccessKeyGrant): object {
  return { access_key_grant_id: grant.id, access_key_grant: grantAnswer(grant) };
}

function acted(row: ApiAccessKey): object {
  return { access_key_id: row.id, access_key: accessKeyAnswer(row) };
}
