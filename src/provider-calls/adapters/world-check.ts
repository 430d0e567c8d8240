import type { OpenedSecret } from '../../provider-keys/opened-secret.js';
import type { ProviderSettings } from '../../provider-keys/provider-settings.js';
import { splitPair } from '../../provider-keys/secret-form.js';
import type { Adapter, Classification, ReceivedAnswer } from './adapter.js';
import { classifyByStatus, isHtml, jsonOf, textOf } from './classify.js';
import { worldCheckSignature } from './world-check-signature.js';

/** Clocks that differ by more than this make a 401 of World-Check One a matter of time, not of the key. */
const SKEW_LIMIT_MS = 60_000;

/** Bulk calls, archiving, deletion and administration are not in the list. */
const ONE_ALLOWED: Adapter['allowed'] = [
  { method: 'GET', path: '/v2/groups', reason: 'The groups of the account; the check call.' },
  { method: 'GET', path: '/v2/groups/{group}', reason: 'One group.' },
  { method: 'GET', path: '/v2/groups/{group}/caseTemplate', reason: 'The fields of a case.' },
  { method: 'GET', path: '/v2/groups/{group}/resolutionToolkit', reason: 'How matches can be resolved.' },
  { method: 'GET', path: '/v2/groups/{group}/resolutionToolkits', reason: 'How matches can be resolved.' },
  { method: 'POST', path: '/v2/cases', reason: 'Creates a case.' },
  { method: 'POST', path: '/v2/cases/screeningRequest', reason: 'Screens at once.' },
  { method: 'POST', path: '/v2/cases/summaries', reason: 'Finds cases.', repeatable: true },
  {
    method: 'POST',
    path: '/v2/cases/ongoingScreeningUpdates',
    reason: 'Finds updated cases.',
    repeatable: true,
  },
  { method: 'GET', path: '/v2/cases/{case}', reason: 'One case.' },
  { method: 'PUT', path: '/v2/cases/{case}', reason: 'Corrects a case.' },
  { method: 'POST', path: '/v2/cases/{case}/screeningRequest', reason: 'Screens a case.' },
  { method: 'PUT', path: '/v2/cases/{case}/ongoingScreening', reason: 'Keeps a case under screening.' },
  { method: 'GET', path: '/v2/cases/{case}/results', reason: 'The matches of a case.' },
  { method: 'PUT', path: '/v2/cases/{case}/results/review', reason: 'Marks matches as reviewed.' },
  { method: 'PUT', path: '/v2/cases/{case}/results/resolution', reason: 'Resolves matches.' },
  { method: 'GET', path: '/v2/caseReferences', reason: 'Finds a case by our number.' },
  { method: 'GET', path: '/v2/reference/countries', reason: 'Country codes.' },
  { method: 'GET', path: '/v2/reference/nationalities', reason: 'Nationality codes.' },
  { method: 'GET', path: '/v2/reference/profile/{profile}', reason: 'The profile behind a match.' },
];

/**
 * World-Check One, API v2. Confirmed by the vendor: host, signature, the paths, 401 with a `Signature` challenge both
 * for a bad key and for a wrong clock. A newer host, api.risk.lseg.com/screening, is reported by public clients and not
 * used here. Two parts: API key id and API secret.
 */
function one(groupId: string | undefined): Adapter {
  return {
    keyType: 'W',
    origin: 'https://api-worldcheck.refinitiv.com',
    allowed: ONE_ALLOWED,
    check: { method: 'GET', target: groupId ? `/v2/groups/${groupId}` : '/v2/groups' },
    wholeBody: true,
    authenticate: (request, secret, { nowMs }) => {
      const date = new Date(nowMs).toUTCString();
      return { date, authorization: worldCheckSignature(request, pairOf(secret), date) };
    },
    classify: classifyOne,
  };
}

/**
 * World-Check On Demand. Confirmed by the vendor: both hosts, OAuth 2 client credentials with the scope below, records
 * and reference schemes, the `queryHash` header that paging needs. Not confirmed: how the token endpoint answers a bad
 * client; we read the standard OAuth errors (RFC 6749 §5.2). Two parts: client id and client secret.
 */
const ON_DEMAND: Adapter = {
  keyType: 'W',
  origin: 'https://api.risk.lseg.com',
  allowed: ['/data/world-check/v1', '/data/world-check/sandbox/v1'].flatMap((base) => [
    { method: 'POST', path: `${base}/records`, reason: 'Finds records.', repeatable: true } as const,
    { method: 'GET', path: `${base}/schemes`, reason: 'Which code lists there are.' } as const,
    { method: 'GET', path: `${base}/schemes/{scheme}/concepts`, reason: 'The meaning of codes.' } as const,
  ]),
  check: 'token',
  callerHeaders: ['queryhash'],
  answerHeaders: ['wcod-cursor-next', 'wcod-cursor-previous'],
  wholeBody: true,
  oauth: {
    origin: 'https://login.ciam.refinitiv.com',
    path: '/as/token.oauth2',
    request: (secret) => {
      const { id, secret: clientSecret } = pairOf(secret);
      const basic = `${formEncoded(id)}:${formEncoded(clientSecret)}`;
      return {
        headers: {
          authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: Buffer.from('grant_type=client_credentials&scope=trapi.risk-intel.wcod.'),
      };
    },
    classify: classifyToken,
  },
  authenticate: (_request, _secret, { accessToken }) => ({ authorization: `Bearer ${accessToken ?? ''}` }),
  classify: classifyOnDemand,
};

/** World-Check: two products with different hosts and credentials; a key opens one of them. */
export function worldCheck({ product, group_id }: ProviderSettings): Adapter {
  return product === 'on_demand' ? ON_DEMAND : one(group_id);
}

function pairOf(secret: OpenedSecret): { id: string; secret: string } {
  const pair = splitPair(secret.reveal());
  if (!pair) throw new Error('This World-Check secret does not have two parts.');
  return pair;
}

/** Client id and secret are form-encoded before they become Basic credentials (RFC 6749 §2.3.1). */
const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);

function classifyOne(answer: ReceivedAnswer): Classification {
  if (answer.status === 401 && !isHtml(answer)) {
    const theirs = Date.parse(answer.headers['date'] ?? '');
    return Math.abs(theirs - answer.receivedAtMs) > SKEW_LIMIT_MS
      ? { outcome: 'our_fault', hint: 'clock_skew' }
      : { outcome: 'bad_key' };
  }
  return classifyByStatus(answer);
}

/** A token that was just issued and is refused all the same: the client is known, so the right is missing. */
function classifyOnDemand(answer: ReceivedAnswer): Classification {
  return answer.status === 401 && !isHtml(answer) ? { outcome: 'restricted' } : classifyByStatus(answer);
}

function classifyToken(answer: ReceivedAnswer): Classification {
  switch (textOf(jsonOf(answer), 'error')) {
    case 'invalid_client':
      return { outcome: 'bad_key' };
    case 'unauthorized_client':
    case 'invalid_scope':
    case 'access_denied':
      return { outcome: 'restricted' };
    default:
      return classifyByStatus(answer);
  }
}
