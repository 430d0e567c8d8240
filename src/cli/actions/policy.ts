import { OPERATOR } from '../../access/principal.js';
import { ServicePolicies } from '../../api-access-keys/policy/service-policy.js';
import { servicePolicyAnswer } from '../../api-access-keys/policy/service-policy.dto.js';
import { PolicyChanges } from '../../organizations/organizations.dto.js';
import type { Given, Action } from '../command.js';
import type { Services } from '../context.js';
import type { Output } from '../output.js';
import { change, get } from './organizations.js';
import { bodyOf, mustChange } from './queries.js';
import { listReviewed } from './review.js';

export const show: Action = async (services, given, output) => {
  if (isForAll(given)) output.print(servicePolicyAnswer(await services(ServicePolicies).get()));
  else output.print((await get(services, given)).policy);
};

export const set: Action = async (services, given, output) => {
  const policy = mustChange(await bodyOf(PolicyChanges, given));
  output.print((await change(services, given, { policy })).policy);
};

export const preview: Action = async (services, given, output) => {
  await get(services, given); // that there is none is told, not an empty list
  await listReviewed(services, { ...given, fields: { ...given.fields, breach: 'against_policy' } }, output);
};

export const stopIssuing: Action = (services, given, output) => setIssuing(services, given, output, true);

export const allowIssuing: Action = (services, given, output) => setIssuing(services, given, output, false);

async function setIssuing(services: Services, given: Given, output: Output, stopped: boolean): Promise<void> {
  if (isForAll(given)) {
    const policy = await services(ServicePolicies).change(OPERATOR, { issuingStopped: stopped });
    output.print(servicePolicyAnswer(policy));
  } else {
    const { id, name, policy } = await change(services, given, { policy: { issuing_stopped: stopped } });
    output.print({ organization: id, name, issuing_stopped: policy.issuing_stopped });
  }
}

function isForAll({ fields }: Given): boolean {
  return fields['organization'] === undefined;
}
