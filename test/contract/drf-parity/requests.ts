import { type Case, onPurpose, type Parity, same } from './parity.js';

/** Bodies, media types, methods and credentials: rest_framework/parsers.py, views.py, exceptions.py; Simple JWT 5.2. */

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const REQUIRED = ['This field is required.'];
const BLANK = ['This field may not be blank.'];
const BOTH = { email: REQUIRED, password: REQUIRED };
const NO_ACCOUNT = { detail: 'No active account found with the given credentials' };
const unsupported = (type: string) => ({ detail: `Unsupported media type "${type}" in request.` });
const tooLong = (max: number) => [`Ensure this field has no more than ${max} characters.`];
const nonField = (text: string) => ({ non_field_errors: [text] });
const notDictionary = (type: string) => nonField(`Invalid data. Expected a dictionary, but got ${type}.`);
const utf8 = (broken: string, why: string) => ({
  detail: `JSON parse error - 'utf-8' codec can't decode ${broken}: ${why}`,
});
const NULS = 'Null characters are not allowed.';
const surrogate = (code: string): string => `Surrogate characters are not allowed: U+${code}.`;
const NO_JSON = { detail: 'JSON parse error - the body is not valid JSON.' };

type BodyRow = readonly [
  type: string,
  body: string | Buffer,
  status: number,
  answer: unknown,
  parity: Parity,
  headers?: Readonly<Record<string, string>>,
];

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** To `POST /api/auth/token/`, which wants `email` and `password`. */
const BODIES: BodyRow[] = [
  [JSON_TYPE, '{"email": "{email}", "password": "{password}"}', 200, { access: expect.any(String) }, same],
  [JSON_TYPE, '{"password": "{password}", "email": "{email}", "x": 1}', 200, {}, same],
  [JSON_TYPE, ' \n{"email": "{email}", "password": "{password}"}\n ', 200, {}, same],
  [JSON_TYPE, '{"email": "x", "email": "{email}", "password": "{password}"}', 200, {}, same],
  ['application/json; charset=utf-8', '{"email": "{email}", "password": "{password}"}', 200, {}, same],
  ['application/json;charset=UTF-8', '{"email": "{email}", "password": "{password}"}', 200, {}, same],
  ['APPLICATION/JSON', '{"email": "{email}", "password": "{password}"}', 200, {}, same],
  ['application/json; charset="utf-8"', '{"email": "{email}", "password": "{password}"}', 200, {}, same],
  [
    'application/json; version=1.0; indent=4',
    '{"email": "{email}", "password": "{password}"}',
    200,
    {},
    same,
  ],
  ['application/json;', '{"email": "{email}", "password": "{password}"}', 200, {}, same],
  [JSON_TYPE, '{"email": "x", "password": "y", "n": 1e999999}', 401, NO_ACCOUNT, same],
  [
    JSON_TYPE,
    '{"email": "\\ud800", "password": "\\u0000\\udc00"}',
    400,
    { email: [surrogate('D800')], password: [NULS, surrogate('DC00')] },
    same,
  ],
  ['text/plain', '', 400, BOTH, same],
  [JSON_TYPE, ' ', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '{}', 400, BOTH, same],
  [JSON_TYPE, '', 400, BOTH, same],
  [FORM, '', 400, BOTH, same],
  [JSON_TYPE, '{"email": "", "password": ""}', 400, { email: BLANK, password: BLANK }, same],
  [JSON_TYPE, '{"email": null, "password": "x"}', 400, { email: ['This field may not be null.'] }, same],
  [
    JSON_TYPE,
    '{"email": [], "password": {}}',
    400,
    { email: ['Not a valid string.'], password: ['Not a valid string.'] },
    same,
  ],
  [JSON_TYPE, '{"Email": "x", "PASSWORD": "y"}', 400, BOTH, same],
  [JSON_TYPE, 'null', 400, nonField('No data provided'), same],
  [JSON_TYPE, '[]', 400, notDictionary('list'), same],
  [JSON_TYPE, '[{"email": "x"}]', 400, notDictionary('list'), same],
  [JSON_TYPE, '"text"', 400, notDictionary('str'), same],
  [JSON_TYPE, '5', 400, notDictionary('int'), same],
  [JSON_TYPE, '1.5', 400, notDictionary('float'), same],
  [JSON_TYPE, 'true', 400, notDictionary('bool'), same],
  [JSON_TYPE, '{', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '{"email": "x",}', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, "{'email': 'x'}", 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '{"email": NaN}', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '{"email": -Infinity}', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '{"email": 01}', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '{"email": "a\tb"}', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '{} {}', 400, NO_JSON, onPurpose('jsonProblem')],
  [JSON_TYPE, '\uFEFF{}', 400, BOTH, onPurpose('bom')],
  [
    JSON_TYPE,
    '{"__proto__": {"x": 1}}',
    400,
    { detail: 'JSON parse error - the name "__proto__" is not taken.' },
    onPurpose('prototypes'),
  ],
  [JSON_TYPE, `{"x": ${'['.repeat(31)}${']'.repeat(31)}}`, 400, BOTH, same],
  [
    JSON_TYPE,
    `{"x": ${'['.repeat(32)}${']'.repeat(32)}}`,
    400,
    { detail: 'JSON parse error - nested too deeply.' },
    onPurpose('depth'),
  ],
  [
    JSON_TYPE,
    latin1('{"email": "x", "password": "p\xe4ssw\xf6rd"}'),
    400,
    utf8('byte 0xe4 in position 29', 'invalid continuation byte'),
    same,
  ],
  [JSON_TYPE, latin1('{"email": "\xff"}'), 400, utf8('byte 0xff in position 11', 'invalid start byte'), same],
  [JSON_TYPE, latin1('{"email": "\x80"}'), 400, utf8('byte 0x80 in position 11', 'invalid start byte'), same],
  [
    JSON_TYPE,
    latin1('{"email": "\xc0\xaf"}'),
    400,
    utf8('byte 0xc0 in position 11', 'invalid start byte'),
    same,
  ],
  [
    JSON_TYPE,
    latin1('{"email": "\xed\xa0\x80"}'),
    400,
    utf8('byte 0xed in position 11', 'invalid continuation byte'),
    same,
  ],
  [
    JSON_TYPE,
    latin1('{"email": "na\xefve"}'),
    400,
    utf8('byte 0xef in position 13', 'invalid continuation byte'),
    same,
  ],
  [
    JSON_TYPE,
    latin1('{"email": "\xe2\x82"}'),
    400,
    utf8('bytes in position 11-12', 'invalid continuation byte'),
    same,
  ],
  [
    JSON_TYPE,
    latin1('{"email": "\xe2\x82'),
    400,
    utf8('bytes in position 11-12', 'unexpected end of data'),
    onPurpose('jsonProblem'),
  ],
  [
    'application/json; charset=latin-1',
    '{}',
    415,
    unsupported('application/json; charset=latin-1'),
    onPurpose('encoding'),
  ],
  [
    'application/json; charset=utf-16',
    '{}',
    415,
    unsupported('application/json; charset=utf-16'),
    onPurpose('encoding'),
  ],
  [
    JSON_TYPE,
    '{}',
    415,
    { detail: 'Unsupported content encoding "gzip" in request.' },
    onPurpose('encoding'),
    { 'content-encoding': 'gzip' },
  ],
  [JSON_TYPE, '{}', 400, BOTH, same, { 'content-encoding': 'identity' }],
  ['text/plain', '{}', 415, unsupported('text/plain'), same],
  ['*/*', '{}', 415, unsupported('*/*'), onPurpose('typeRange')],
  ['application/*', '{}', 415, unsupported('application/*'), onPurpose('typeRange')],
  ['application/xml', '<x/>', 415, unsupported('application/xml'), same],
  ['application/jsonx', '{}', 415, unsupported('application/jsonx'), same],
  ['application/vnd.api+json', '{}', 415, unsupported('application/vnd.api+json'), same],
  [
    'multipart/form-data; boundary=x',
    '--x--',
    415,
    unsupported('multipart/form-data; boundary=x'),
    onPurpose('multipart'),
  ],
  [FORM, 'email={email_form}&password={password_form}', 200, { refresh: expect.any(String) }, same],
  [`${FORM}; charset=utf-8`, 'email={email_form}&password={password_form}', 200, {}, same],
  [FORM, 'email=x&email={email_form}&password={password_form}', 200, {}, same],
  [FORM, '&&email={email_form}&password={password_form}&', 200, {}, same],
  [FORM, 'email=&password=', 400, { email: BLANK, password: BLANK }, same],
  [FORM, 'email', 400, { email: BLANK, password: REQUIRED }, same],
  [FORM, '{"email": "x"}', 400, BOTH, same],
  [FORM, 'email=%zz&password=x', 401, NO_ACCOUNT, same],
  [FORM, 'email=ä&password=%C3%A4+ö', 401, NO_ACCOUNT, same],
  [FORM, 'email=a%00b&password=x', 400, { email: ['Null characters are not allowed.'] }, same],
  [FORM, 'email[]=x&password=y', 400, { email: REQUIRED }, same],
  [JSON_TYPE, '{"email": "{email}", "password": " {password} "}', 401, NO_ACCOUNT, onPurpose('untrimmed')],
  [JSON_TYPE, '{"email": " {email} ", "password": "{password}"}', 200, {}, same],
  [JSON_TYPE, '{"email": "{email}", "password": 5}', 401, NO_ACCOUNT, same],
  [JSON_TYPE, '{"email": "{email}", "password": "wrong"}', 401, NO_ACCOUNT, same],
  [JSON_TYPE, '{"email": "nobody@example.com", "password": "wrong"}', 401, NO_ACCOUNT, same],
  [JSON_TYPE, `{"email": "{email}", "password": "${'x'.repeat(256)}"}`, 401, NO_ACCOUNT, same],
  [
    JSON_TYPE,
    `{"email": "{email}", "password": "${'x'.repeat(257)}"}`,
    400,
    { password: tooLong(256) },
    onPurpose('tooLong'),
  ],
  [JSON_TYPE, `{"email": "${'x'.repeat(254)}", "password": "wrong"}`, 401, NO_ACCOUNT, same],
  [
    JSON_TYPE,
    `{"email": "${'x'.repeat(255)}", "password": "wrong"}`,
    400,
    { email: tooLong(254) },
    onPurpose('tooLong'),
  ],
];

const bodies = BODIES.map(([type, body, status, answer, parity, headers]): Case => ({
  as: 'nobody',
  method: 'POST',
  path: '/api/auth/token/',
  headers: { 'content-type': type, ...headers },
  body,
  status,
  answer,
  answered: { 'content-type': JSON_TYPE },
  parity,
}));

const form = { 'content-type': FORM };

/** Forms for other fields. */
const FORMS: Case[] = [
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}/',
    headers: form,
    body: 'name=By+form',
    status: 200,
    answer: { name: 'By form' },
    parity: same,
  },
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}/',
    headers: form,
    body: '',
    status: 200,
    answer: {},
    parity: same,
  },
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}/',
    headers: form,
    body: 'name=',
    status: 400,
    answer: { name: BLANK },
    parity: same,
  },
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}/roles/{role}/',
    headers: form,
    body: 'permissions=role.view&permissions=member.view',
    status: 200,
    answer: { permissions: ['member.view', 'role.view'] },
    parity: same,
  },
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}/api-keys/{provider_key}/',
    headers: form,
    body: 'enabled=on',
    status: 200,
    answer: { enabled: true },
    parity: same,
  },
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}/api-keys/{provider_key}/',
    headers: form,
    body: 'name=x',
    status: 200,
    answer: { enabled: true, name: 'x' },
    parity: same,
  },
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}/api-keys/{provider_key}/',
    headers: form,
    body: 'enabled=maybe',
    status: 400,
    answer: { enabled: ['Must be a valid boolean.'] },
    parity: same,
  },
  {
    as: 'owner',
    method: 'POST',
    path: '/api/orgs/{org}/roles/',
    headers: form,
    body: 'name=Formless',
    status: 400,
    answer: { permissions: REQUIRED },
    parity: onPurpose('form'),
  },
  {
    as: 'staff',
    method: 'POST',
    path: '/api/admin/access-keys/',
    headers: form,
    body: 'user={user}&access_level=read_only&name=x&organization=&expires_at=',
    status: 201,
    answer: { organization: null, expires_at: null, admin: false },
    parity: same,
  },
  {
    as: 'staff',
    method: 'POST',
    path: '/api/admin/access-keys/',
    headers: form,
    body: 'user=&access_level=&name=',
    status: 400,
    answer: {
      user: ['This field may not be null.'],
      access_level: ['"" is not a valid choice.'],
      name: BLANK,
    },
    parity: same,
  },
];

const LEAK = ['nobody', 'POST', '/api/auth/access-keys/report-leak/'] as const;
const ORGANIZATION = ['owner', 'PATCH', '/api/orgs/{org}/'] as const;
const PROVIDER_KEY = ['owner', 'PATCH', '/api/orgs/{org}/api-keys/{provider_key}/'] as const;
const ROLES = ['owner', 'POST', '/api/orgs/{org}/roles/'] as const;
const ISSUE = ['staff', 'POST', '/api/admin/access-keys/'] as const;
type PartRow = readonly [
  at: readonly [Case['as'], method: string, path: string],
  body: string,
  status: number,
  answer: unknown,
  parity: Parity,
];

const reported = (count: number) => ({
  results: Array.from({ length: count }, (_, index) => ({ index, outcome: 'unknown' })),
});
const STRING = ['Not a valid string.'];
const NEW_KEY = 'user={user}&access_level=read_only&name=x';

/** Lists and objects in a form: rest_framework/utils/html.py, and who of the fields asks it. */
const PARTS: PartRow[] = [
  [LEAK, 'keys[0]=a&keys[1]=b', 200, reported(2), same],
  [LEAK, 'keys=a&keys[0]=b&keys[1]=c', 200, reported(1), same],
  [LEAK, 'keys[1]=&keys[0]=b', 400, { keys: { 1: BLANK } }, same],
  [LEAK, 'keys[10]=&keys[9]=b', 400, { keys: { 1: BLANK } }, same],
  [LEAK, 'keys[0]=&keys[00]=b', 200, reported(1), same],
  [LEAK, 'keys[0]x=a', 400, { keys: { 0: STRING } }, same],
  [LEAK, 'keys[x]=a', 400, { keys: REQUIRED }, same],
  [LEAK, 'keys[]=a', 400, { keys: REQUIRED }, same],
  [LEAK, 'akeys[0]=a', 400, { keys: REQUIRED }, same],
  [
    ISSUE,
    `${NEW_KEY}&allowed_networks[1]=192.0.2.0/24&allowed_networks[0]=198.51.100.0/24`,
    201,
    { allowed_networks: ['198.51.100.0/24', '192.0.2.0/24'] },
    same,
  ],
  [ISSUE, `${NEW_KEY}&allowed_networks[0]x=192.0.2.0/24`, 400, { allowed_networks: { 0: STRING } }, same],
  [ORGANIZATION, 'policy.self_serve_keys=off', 200, { policy: { self_serve_keys: false } }, same],
  [ORGANIZATION, 'policy=x&policy.self_serve_keys=on', 200, { policy: { self_serve_keys: true } }, same],
  [
    ORGANIZATION,
    'policy.self_serve_keys=perhaps',
    400,
    { policy: { self_serve_keys: ['Must be a valid boolean.'] } },
    same,
  ],
  [ORGANIZATION, 'policy=', 200, {}, same],
  [ORGANIZATION, 'policy=x', 400, { policy: notDictionary('str') }, onPurpose('parts')],
  [
    ORGANIZATION,
    'policy.allowed_networks[0]x=y',
    400,
    { policy: { allowed_networks: { 0: STRING } } },
    onPurpose('parts'),
  ],
  [PROVIDER_KEY, 'settings.project=f', 200, { settings: { project: 'f' } }, onPurpose('parts')],
  [
    PROVIDER_KEY,
    'settings=x',
    400,
    { settings: ['Expected a dictionary of items but got type "str".'] },
    onPurpose('parts'),
  ],
  [ROLES, 'name=x&permissions[0]=role.view', 201, { permissions: ['role.view'] }, onPurpose('parts')],
];

const parts = PARTS.map(([[as, method, path], body, status, answer, parity]): Case => ({
  as,
  method,
  path,
  headers: form,
  body,
  status,
  answer,
  parity,
}));

const NO_CREDENTIALS = { detail: 'Authentication credentials were not provided.' };
const TWO_VALUES = { detail: 'Authorization header must contain two space-delimited values' };
const bad = (message: string) => ({
  detail: 'Given token not valid for any token type',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
});
const CHALLENGE = 'Api-Key realm="api", Bearer realm="api"';

type CredentialRow = readonly [authorization: string, status: number, answer: unknown, parity: Parity];

/** Sent as `Authorization`, to `GET /api/auth/me/`. */
const CREDENTIALS: CredentialRow[] = [
  ['Bearer {access}', 200, {}, same],
  ['bearer {access}', 200, {}, onPurpose('schemes')],
  ['BEARER {access}', 200, {}, onPurpose('schemes')],
  ['Bearer  {access}', 401, TWO_VALUES, onPurpose('schemes')],
  ['Bearer\t{access}', 401, NO_CREDENTIALS, onPurpose('schemes')],
  ['Bearer,{access}', 401, NO_CREDENTIALS, same],
  ['Bearer {refresh}', 401, bad('Token has wrong type'), same],
  ['Bearer x', 401, bad('Token is invalid or expired'), same],
  ['Bearer a.b.c', 401, bad('Token is invalid or expired'), same],
  ['Bearer {access}x', 401, bad('Token is invalid or expired'), same],
  ['Bearer', 401, TWO_VALUES, same],
  ['Bearer a b', 401, TWO_VALUES, same],
  ['Bearer {access} {access}', 401, TWO_VALUES, same],
  ['Token {access}', 401, NO_CREDENTIALS, same],
  ['Basic dXNlcjpwYXNz', 401, NO_CREDENTIALS, same],
  ['Bearer{access}', 401, NO_CREDENTIALS, same],
  ['{access}', 401, NO_CREDENTIALS, same],
];

const credentials = CREDENTIALS.map(([authorization, status, answer, parity]): Case => ({
  as: 'nobody',
  method: 'GET',
  path: '/api/auth/me/',
  headers: { authorization },
  status,
  answer,
  parity,
}));

type TokenRow = readonly [path: string, body: string, status: number, answer: unknown, parity: Parity];

const INVALID = { detail: 'Token is invalid or expired' };
const TOKENS: TokenRow[] = [
  ['verify', '{"token": "{access}"}', 200, {}, same],
  ['verify', '{"token": "{refresh}"}', 200, {}, same],
  ['verify', '{"token": "x"}', 401, INVALID, same],
  ['verify', '{"token": ""}', 400, { token: BLANK }, same],
  ['verify', '{"token": null}', 400, { token: ['This field may not be null.'] }, same],
  ['verify', '{"token": 5}', 401, INVALID, same],
  ['verify', '{"token": true}', 400, { token: ['Not a valid string.'] }, same],
  ['verify', '{}', 400, { token: REQUIRED }, same],
  ['verify', '{"token": " {access}"}', 401, INVALID, onPurpose('untrimmed')],
  ['refresh', '{"refresh": "x"}', 401, INVALID, same],
  ['refresh', `{"refresh": "${'x'.repeat(8192)}"}`, 401, INVALID, same],
  ['refresh', `{"refresh": "${'x'.repeat(8193)}"}`, 400, { refresh: tooLong(8192) }, onPurpose('tooLong')],
  ['verify', `{"token": "${'x'.repeat(8193)}"}`, 400, { token: tooLong(8192) }, onPurpose('tooLong')],
  ['refresh', '{"refresh": ""}', 400, { refresh: BLANK }, same],
  ['refresh', '{}', 400, { refresh: REQUIRED }, same],
  ['refresh', '{"refresh": "{access}"}', 401, INVALID, onPurpose('tokenKind')],
];

const tokens = TOKENS.map(([path, body, status, answer, parity]): Case => ({
  as: 'nobody',
  method: 'POST',
  path: `/api/auth/token/${path}/`,
  body,
  status,
  answer,
  parity,
}));

const notAllowed = (method: string) => ({ detail: `Method "${method}" not allowed.` });
const METADATA = {
  name: expect.any(String),
  description: expect.any(String),
  renders: [JSON_TYPE],
  parses: [JSON_TYPE, FORM],
};

const METHODS: Case[] = [
  {
    as: 'nobody',
    method: 'GET',
    path: '/api/auth/token/',
    status: 405,
    answer: notAllowed('GET'),
    answered: { allow: 'POST, OPTIONS' },
    parity: same,
  },
  {
    as: 'nobody',
    method: 'PUT',
    path: '/api/auth/token/',
    body: '{}',
    status: 405,
    answer: notAllowed('PUT'),
    answered: { allow: 'POST, OPTIONS' },
    parity: same,
  },
  {
    as: 'nobody',
    method: 'DELETE',
    path: '/api/auth/token/',
    status: 405,
    answer: notAllowed('DELETE'),
    answered: { allow: 'POST, OPTIONS' },
    parity: same,
  },
  {
    as: 'nobody',
    method: 'OPTIONS',
    path: '/api/auth/token/',
    status: 200,
    answer: METADATA,
    answered: { allow: 'POST, OPTIONS' },
    parity: same,
  },
  {
    as: 'nobody',
    method: 'OPTIONS',
    path: '/api/orgs/{org}/members/',
    status: 401,
    answer: NO_CREDENTIALS,
    answered: { 'www-authenticate': CHALLENGE },
    parity: same,
  },
  {
    as: 'owner',
    method: 'OPTIONS',
    path: '/api/orgs/{org}/members/',
    status: 200,
    answer: METADATA,
    answered: { allow: 'GET, POST, HEAD, OPTIONS' },
    parity: same,
  },
  {
    as: 'owner',
    method: 'OPTIONS',
    path: '/api/orgs/{org}/roles/{role}/',
    status: 200,
    answer: METADATA,
    answered: { allow: 'GET, PATCH, DELETE, HEAD, OPTIONS' },
    parity: same,
  },
  {
    as: 'owner',
    method: 'PUT',
    path: '/api/orgs/{org}/members/',
    body: '{}',
    status: 405,
    answer: notAllowed('PUT'),
    answered: { allow: 'GET, POST, HEAD, OPTIONS' },
    parity: same,
  },
  {
    as: 'owner',
    method: 'HEAD',
    path: '/api/orgs/{org}/members/',
    status: 200,
    answered: { 'content-type': JSON_TYPE },
    parity: same,
  },
  {
    as: 'nobody',
    method: 'HEAD',
    path: '/api/orgs/{org}/members/',
    status: 401,
    answered: { 'www-authenticate': CHALLENGE },
    parity: same,
  },
  {
    as: 'nobody',
    method: 'GET',
    path: '/api/orgs/{org}/members/',
    status: 401,
    answer: NO_CREDENTIALS,
    answered: { 'www-authenticate': CHALLENGE },
    parity: same,
  },
  {
    as: 'owner',
    method: 'GET',
    path: '/api/orgs/{org}/members/999999/',
    status: 404,
    answer: { detail: 'Not found.' },
    parity: same,
  },
  {
    as: 'owner',
    method: 'GET',
    path: '/api/orgs/999999/members/',
    status: 404,
    answer: { detail: 'Not found.' },
    parity: same,
  },
  ...['/api/nowhere/', '/API/orgs/', '/api//orgs/', '/api/orgs/{org}//', '/api/orgs/{org};x/'].map(
    (path): Case => ({
      as: 'owner',
      method: 'GET',
      path,
      status: 404,
      answer: { detail: 'Not found.' },
      parity: same,
    }),
  ),
  ...['0{org}', '+{org}', '%20{org}', '{org}_'].map((id): Case => ({
    as: 'owner',
    method: 'GET',
    path: `/api/orgs/${id}/`,
    status: 404,
    answer: { detail: 'Not found.' },
    parity: id === '{org}_' ? same : onPurpose('spelling'),
  })),
  {
    as: 'nobody',
    method: 'HEAD',
    path: '/api/auth/token/',
    status: 405,
    answered: { allow: 'POST, OPTIONS' },
    parity: same,
  },
  {
    as: 'nobody',
    method: 'OPTIONS',
    path: '/api/nowhere/',
    status: 404,
    answer: { detail: 'Not found.' },
    parity: same,
  },
  {
    as: 'owner',
    method: 'GET',
    path: '/api/orgs/{org}',
    status: 200,
    answer: {},
    parity: onPurpose('slash'),
  },
  {
    as: 'owner',
    method: 'PATCH',
    path: '/api/orgs/{org}',
    body: '{"name": "No slash"}',
    status: 200,
    answer: { name: 'No slash' },
    parity: onPurpose('slash'),
  },
  {
    as: 'owner',
    method: 'GET',
    path: '/api/orgs/{org}/',
    headers: { accept: 'text/html' },
    status: 200,
    answer: {},
    answered: { 'content-type': JSON_TYPE },
    parity: onPurpose('accept'),
  },
  {
    as: 'owner',
    method: 'GET',
    path: '/api/orgs/{org}/',
    headers: { accept: 'application/xml' },
    status: 200,
    answer: {},
    answered: { 'content-type': JSON_TYPE },
    parity: onPurpose('accept'),
  },
  {
    as: 'owner',
    method: 'GET',
    path: '/api/orgs/{org}/',
    headers: { accept: '*/*' },
    status: 200,
    answer: {},
    answered: { 'content-type': JSON_TYPE },
    parity: same,
  },
  { as: 'owner', method: 'GET', path: '/api/orgs/{org}/?format=json', status: 200, answer: {}, parity: same },
  {
    as: 'owner',
    method: 'GET',
    path: '/api/orgs/{org}/?format=xml',
    status: 200,
    answer: {},
    answered: { 'cryptocomply-ignored-parameters': 'format' },
    parity: onPurpose('format'),
  },
];

export const REQUESTS: Case[] = [...bodies, ...FORMS, ...parts, ...credentials, ...tokens, ...METHODS];
