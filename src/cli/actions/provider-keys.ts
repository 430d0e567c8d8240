import { OPERATOR } from '../../access/principal.js';
import {
  type ProviderKeyAnswer,
  providerKeyAnswer,
  ProviderKeyListQuery,
} from '../../provider-keys/provider-keys.dto.js';
import { ProviderKeysService } from '../../provider-keys/provider-keys.service.js';
import type { Action } from '../command.js';
import type { Column } from '../output.js';
import { get } from './organizations.js';
import { idOf, queryOf } from './queries.js';

const COLUMNS: readonly Column<ProviderKeyAnswer>[] = [
  ['id', ({ id }) => id],
  ['type', ({ key_type: type }) => type],
  ['name', ({ name }) => name],
  ['key', ({ masked_key: mask }) => mask],
  ['enabled', ({ enabled }) => (enabled ? 'yes' : 'no')],
  ['preferred', ({ preferred }) => (preferred ? 'yes' : 'no')],
  ['health', ({ health }) => health],
  ['calls', ({ usage_count: count }) => count],
  ['last used at', ({ last_used_at: at }) => at],
];

export const list: Action = async (services, given, output) => {
  await get(services, given); // that there is none is told, not an empty list
  await output.list(COLUMNS, given.fields['limit'], async (page) => {
    const query = await queryOf(ProviderKeyListQuery, given, page);
    const org = idOf(given, 'organization');
    return (await services(ProviderKeysService).listAsOperator(OPERATOR, org, query)).map(providerKeyAnswer);
  });
};
