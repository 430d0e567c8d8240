import { type Case, onPurpose, type Parity, same } from './parity.js';

/**
 * Fields of bodies, as rest_framework/fields.py and relations.py (3.14) take and refuse them. A text is the JSON that is sent, a
 * list the messages of the refusal.
 */

type Row = readonly [json: string, outcome: unknown, parity: Parity];

const isRefused = (outcome: unknown): boolean => Array.isArray(outcome) || outcome instanceof Refusal;

/** Messages that do not stand in a plain list. */
class Refusal {
  constructor(readonly messages: unknown) {}
}
const refused = (messages: unknown): Refusal => new Refusal(messages);
const messagesOf = (outcome: unknown): unknown => (outcome instanceof Refusal ? outcome.messages : outcome);

const STRING = ['Not a valid string.'];
const BLANK = ['This field may not be blank.'];
const NULL = ['This field may not be null.'];
const NULS = ['Null characters are not allowed.'];
const surrogate = (code: string): string => `Surrogate characters are not allowed: U+${code}.`;
const UNSEEN = ['Control and format characters are not allowed.'];

/** CharField(max_length=150) */
const CHAR: Row[] = [
  ['"Acme"', 'Acme', same],
  ['" Acme "', 'Acme', same],
  ['"\\t\\nAcme\\u2003"', 'Acme', same],
  ['"\\u0041cme"', 'Acme', same],
  ['"Ac  me"', 'Ac  me', same],
  ['"漢字 Ñ 😀"', '漢字 Ñ 😀', same],
  ['5', '5', same],
  ['0', '0', same],
  ['-7', '-7', same],
  ['-0', '0', same],
  ['1.5', '1.5', same],
  ['1.0', '1.0', same],
  ['9007199254740991', '9007199254740991', same],
  ['9007199254740992', STRING, onPurpose('digits')],
  ['12345678901234567890', STRING, onPurpose('digits')],
  ['-9007199254740993', STRING, onPurpose('digits')],
  ['1e3', STRING, onPurpose('digits')],
  ['1E400', STRING, onPurpose('digits')],
  ['1.10', '1.10', onPurpose('digits')],
  ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827', onPurpose('digits')],
  ['true', STRING, same],
  ['false', STRING, same],
  ['null', NULL, same],
  ['[]', STRING, same],
  ['["Acme"]', STRING, same],
  ['{}', STRING, same],
  ['{"a": 1}', STRING, same],
  ['""', BLANK, same],
  ['"   "', BLANK, same],
  ['"\\n\\t"', BLANK, same],
  ['"a\\u0000b"', NULS, same],
  ['"a\\ud800b"', [surrogate('D800')], same],
  ['"\\udfffa\\ud800"', [surrogate('DFFF')], same],
  ['"\\u0000\\udc00"', [...NULS, surrogate('DC00')], same],
  [
    JSON.stringify(`${'x'.repeat(150)}\0`),
    ['Ensure this field has no more than 150 characters.', ...NULS],
    same,
  ],
  ['"a\\u0007b"', UNSEEN, onPurpose('visible')],
  ['"a\\u200bb"', UNSEEN, onPurpose('visible')],
  [JSON.stringify('x'.repeat(150)), 'x'.repeat(150), same],
  [JSON.stringify('😀'.repeat(150)), '😀'.repeat(150), same],
  [JSON.stringify('x'.repeat(151)), ['Ensure this field has no more than 150 characters.'], same],
  [JSON.stringify(` ${'x'.repeat(150)} `), 'x'.repeat(150), same],
];

const INTEGER_NEEDED = ['A valid integer is required.'];
const TOO_MUCH = ['Ensure this value is less than or equal to 2592000.'];
const TOO_LITTLE = ['Ensure this value is greater than or equal to 0.'];

/** IntegerField(min_value=0, max_value=2592000) */
const INTEGER: Row[] = [
  ['5', 5, same],
  ['0', 0, same],
  ['-0', 0, same],
  ['2592000', 2_592_000, same],
  ['2592001', TOO_MUCH, same],
  ['-1', TOO_LITTLE, same],
  ['12345678901234567890', TOO_MUCH, same],
  ['5.0', 5, same],
  ['5.000', 5, same],
  ['5.5', INTEGER_NEEDED, same],
  ['5e0', 5, same],
  ['1e3', 1000, same],
  ['1e16', INTEGER_NEEDED, same],
  ['1e400', INTEGER_NEEDED, same],
  ['"5"', 5, same],
  ['"5.0"', 5, same],
  ['"5."', 5, same],
  ['"5.0  "', 5, same],
  ['" 5 "', 5, same],
  ['"+5"', 5, same],
  ['"-5"', TOO_LITTLE, same],
  ['"005"', 5, same],
  ['"1_000"', 1000, same],
  ['"1__0"', INTEGER_NEEDED, same],
  ['"_1"', INTEGER_NEEDED, same],
  ['"5.5"', INTEGER_NEEDED, same],
  ['"1e3"', INTEGER_NEEDED, same],
  ['"0x10"', INTEGER_NEEDED, same],
  ['"1,000"', INTEGER_NEEDED, same],
  ['"five"', INTEGER_NEEDED, same],
  ['"\uFF15"', INTEGER_NEEDED, onPurpose('ascii')],
  ['"\u0665.0"', INTEGER_NEEDED, onPurpose('ascii')],
  ['""', INTEGER_NEEDED, same],
  ['" "', INTEGER_NEEDED, same],
  ['"Infinity"', INTEGER_NEEDED, same],
  [JSON.stringify('1'.repeat(1001)), ['String value too large.'], same],
  [JSON.stringify('1'.repeat(1000)), TOO_MUCH, same],
  ['true', INTEGER_NEEDED, same],
  ['false', INTEGER_NEEDED, same],
  ['null', NULL, same],
  ['[]', INTEGER_NEEDED, same],
  ['[5]', INTEGER_NEEDED, same],
  ['{}', INTEGER_NEEDED, same],
];

const BOOLEAN_NEEDED = ['Must be a valid boolean.'];

/** BooleanField() */
const BOOLEAN: Row[] = [
  ...['true', '1', '1.0', '"t"', '"T"', '"y"', '"Y"', '"yes"', '"Yes"', '"YES"', '"true"'].map(
    (json): Row => [json, true, same],
  ),
  ...['"True"', '"TRUE"', '"on"', '"On"', '"ON"', '"1"'].map((json): Row => [json, true, same]),
  ...['false', '0', '0.0', '-0', '"f"', '"F"', '"n"', '"N"', '"no"', '"No"', '"NO"', '"false"'].map(
    (json): Row => [json, false, same],
  ),
  ...['"False"', '"FALSE"', '"off"', '"Off"', '"OFF"', '"0"'].map((json): Row => [json, false, same]),
  ['2', BOOLEAN_NEEDED, same],
  ['-1', BOOLEAN_NEEDED, same],
  ['0.5', BOOLEAN_NEEDED, same],
  ['""', BOOLEAN_NEEDED, same],
  ['" true"', BOOLEAN_NEEDED, same],
  ['"tRUE"', BOOLEAN_NEEDED, same],
  ['"enabled"', BOOLEAN_NEEDED, same],
  ['"null"', BOOLEAN_NEEDED, same],
  ['null', NULL, same],
  ['[]', BOOLEAN_NEEDED, same],
  ['[true]', BOOLEAN_NEEDED, same],
  ['{}', BOOLEAN_NEEDED, same],
];

const noChoice = (shown: string): string[] => [`"${shown}" is not a valid choice.`];

/** ChoiceField(choices=["read_only", "full_access"]) */
const CHOICE: Row[] = [
  ['"full_access"', 'full_access', same],
  ['"write"', noChoice('write'), same],
  ['"FULL_ACCESS"', noChoice('FULL_ACCESS'), same],
  ['" full_access"', noChoice(' full_access'), same],
  ['""', noChoice(''), same],
  ['"__proto__"', noChoice('__proto__'), same],
  [JSON.stringify('x'.repeat(500)), noChoice('x'.repeat(500)), same],
  ['1', noChoice('1'), same],
  ['1.5', noChoice('1.5'), same],
  ['true', noChoice('True'), same],
  ['false', noChoice('False'), same],
  ['null', NULL, same],
  ['[]', noChoice('[]'), same],
  ['["full_access"]', noChoice("['full_access']"), same],
  ['[1, true, null]', noChoice('[1, True, None]'), same],
  ['["it\'s"]', noChoice('["it\'s"]'), same],
  ['{"a": "b"}', noChoice("{'a': 'b'}"), same],
  ['{}', noChoice('{}'), same],
];

const pkType = (type: string): string[] => [`Incorrect type. Expected pk value, received ${type}.`];
const noPk = (shown: string): string[] => [`Invalid pk "${shown}" - object does not exist.`];

/** Taken as the id of the setting's user. */
const USER = Symbol('user');

/** PrimaryKeyRelatedField() */
const PRIMARY_KEY: Row[] = [
  ['{user}', USER, same],
  ['"{user}"', USER, same],
  ['" {user} "', USER, same],
  ['"+{user}"', USER, same],
  ['"00{user}"', USER, same],
  ['999999', noPk('999999'), same],
  ['0', noPk('0'), same],
  ['-1', noPk('-1'), same],
  ['2147483648', noPk('2147483648'), same],
  ['12345678901234567890', noPk('12345678901234567890'), onPurpose('digits')],
  ['"999999"', noPk('999999'), same],
  ['"someone"', pkType('str'), same],
  ['"\uFF11"', pkType('str'), onPurpose('ascii')],
  ['"1e3"', pkType('str'), same],
  ['"1.5"', pkType('str'), same],
  ['"00999999"', noPk('999999'), onPurpose('idForm')],
  ['" 999999 "', noPk('999999'), onPurpose('idForm')],
  ['"+999_999"', noPk('999999'), onPurpose('idForm')],
  ['999999.0', noPk('999999'), onPurpose('idForm')],
  ['{user}.0', USER, same],
  ['"{user}.0"', pkType('str'), same],
  ['1.5', pkType('float'), onPurpose('digits')],
  ['true', pkType('bool'), same],
  ['[]', pkType('list'), same],
  ['[1]', pkType('list'), same],
  ['{}', pkType('dict'), same],
  ['{"id": 1}', pkType('dict'), same],
  ['null', NULL, same],
  ['""', NULL, same],
];

const FORMAT = [
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
];
const ZONE = ['Datetime must name a time zone, like 2030-01-31T12:00:00Z.'];
const YEARS = ['Datetime must lie between the years 1970 and 9998.'];
const NOON = '2090-01-31T12:00:00.000Z';

/** DateTimeField(allow_null=True) */
const DATETIME: Row[] = [
  ['"2090-01-31T12:00:00Z"', NOON, same],
  ['"2090-01-31 12:00:00Z"', NOON, same],
  ['"2090-01-31T12:00Z"', NOON, same],
  ['"2090-01-31T12:00:00.0Z"', NOON, same],
  ['"2090-01-31T12:00:00.5Z"', '2090-01-31T12:00:00.500Z', same],
  ['"2090-01-31T12:00:00,5Z"', '2090-01-31T12:00:00.500Z', same],
  ['"2090-01-31T12:00:00.123456Z"', '2090-01-31T12:00:00.123Z', same],
  ['"2090-01-31T14:00:00+02:00"', NOON, same],
  ['"2090-01-31T14:00:00+0200"', NOON, same],
  ['"2090-01-31T14:00:00+02"', NOON, same],
  ['"2090-01-31T07:00:00-05:00"', NOON, same],
  ['"2090-01-31T17:30:00+05:30"', NOON, same],
  ['"2090-01-31T12:00:00+00:00"', NOON, same],
  ['"2090-02-01T00:00:00+12:00"', NOON, same],
  ['"2092-02-29T00:00:00Z"', '2092-02-29T00:00:00.000Z', same],
  ['null', null, same],
  ['"2090-01-31T12:00:00"', ZONE, onPurpose('zone')],
  ['"2090-01-31 12:00"', ZONE, onPurpose('zone')],
  ['"9999-12-31T23:59:59Z"', YEARS, onPurpose('years')],
  ['"9999-12-31T23:59:59-14:00"', YEARS, onPurpose('years')],
  ['"0001-01-01T00:00:00+14:00"', YEARS, onPurpose('years')],
  ['"1969-12-31T23:59:59Z"', YEARS, onPurpose('years')],
  ['"\uFF12090-01-31T12:00:00Z"', FORMAT, onPurpose('ascii')],
  ['"2090-01-31"', FORMAT, same],
  ['"12:00:00Z"', FORMAT, same],
  ['"2090-02-30T00:00:00Z"', FORMAT, same],
  ['"2091-02-29T00:00:00Z"', FORMAT, same],
  ['"2090-13-01T00:00:00Z"', FORMAT, same],
  ['"2090-00-01T00:00:00Z"', FORMAT, same],
  ['"2090-01-31T24:00:00Z"', FORMAT, same],
  ['"2090-01-31T12:60:00Z"', FORMAT, same],
  ['"2090-01-31T12:00:60Z"', FORMAT, same],
  ['"2090-01-31T12:00:00z"', FORMAT, same],
  ['"2090-01-31T12:00:00 UTC"', FORMAT, same],
  ['"31.01.2090 12:00"', FORMAT, same],
  ['"Jan 31, 2090"', FORMAT, same],
  ['"tomorrow"', FORMAT, same],
  ['"99999-01-01T00:00:00Z"', FORMAT, same],
  ['"0000-01-01T00:00:00Z"', FORMAT, same],
  ['""', FORMAT, same],
  ['" "', FORMAT, same],
  ['3787819200', FORMAT, same],
  ['1.5', FORMAT, same],
  ['true', FORMAT, same],
  ['[]', FORMAT, same],
  ['{}', FORMAT, same],
];

const noList = (type: string): string[] => [`Expected a list of items but got type "${type}".`];

/** MultipleChoiceField(choices=PERMISSIONS) */
const CHOICES: Row[] = [
  ['["role.view"]', ['role.view'], same],
  ['["role.view", "member.view"]', ['member.view', 'role.view'], same],
  ['[]', [], same],
  ['["role.view", "role.view"]', refused(['Ensure this list has no repeated items.']), onPurpose('twice')],
  ['["fly"]', refused(noChoice('fly')), same],
  ['["role.view", "fly"]', refused(noChoice('fly')), same],
  ['[""]', refused(noChoice('')), same],
  ['[1]', refused(noChoice('1')), same],
  ['[null]', refused(noChoice('None')), same],
  ['[true]', refused(noChoice('True')), same],
  ['"role.view"', refused(noList('str')), same],
  ['5', refused(noList('int')), same],
  ['1.5', refused(noList('float')), same],
  ['true', refused(noList('bool')), same],
  ['1.0', refused(noList('float')), same],
  ['[1.0]', refused(noChoice('1.0')), same],
  ['{}', refused(noList('dict')), onPurpose('twice')],
  ['{"role.view": 1}', refused(noList('dict')), onPurpose('twice')],
  ['null', refused(NULL), same],
];

/** ListField(child=CharField(), min_length=1, max_length=100) */
const TEXTS: Row[] = [
  ['["a"]', 1, same],
  ['["a", "b"]', 2, same],
  ['[5, 1.5]', 2, same],
  ['[""]', refused({ 0: BLANK }), same],
  ['["a", " "]', refused({ 1: BLANK }), same],
  ['["a", null]', refused({ 1: NULL }), same],
  ['[true, "a", []]', refused({ 0: STRING, 2: STRING }), same],
  ['["a\\u0000"]', refused({ 0: NULS }), same],
  ['["\\udbff\\u0000"]', refused({ 0: [...NULS, surrogate('DBFF')] }), same],
  ['"a"', refused(noList('str')), same],
  ['5', refused(noList('int')), same],
  ['{}', refused(noList('dict')), same],
  ['null', refused(NULL), same],
  [JSON.stringify(Array(101).fill('a')), refused(['Ensure this field has no more than 100 elements.']), same],
];

const noDictionary = (type: string): string[] => [`Expected a dictionary of items but got type "${type}".`];

/** DictField(child=CharField()) */
const DICTIONARY: Row[] = [
  ['{}', {}, same],
  ['{"project": "p"}', { project: 'p' }, same],
  ['{"project": 5}', { project: '5' }, same],
  ['{"project": " p\\n"}', { project: 'p' }, same],
  ['{"project": null}', refused({ project: NULL }), same],
  ['{"project": ""}', refused({ project: BLANK }), same],
  ['{"project": " "}', refused({ project: BLANK }), same],
  ['{"project": true, "organization": []}', refused({ project: STRING, organization: STRING }), same],
  ['[]', refused(noDictionary('list')), same],
  ['"p"', refused(noDictionary('str')), same],
  ['5', refused(noDictionary('int')), same],
  ['1.5', refused(noDictionary('float')), same],
  ['true', refused(noDictionary('bool')), same],
];

const noObject = (type: string): Refusal =>
  refused({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] });

/** A serializer within a serializer. */
const NESTED: Row[] = [
  ['{}', {}, same],
  ['{"self_serve_keys": "off"}', { self_serve_keys: false }, same],
  ['{"longest_key_lifetime_days": "30"}', { longest_key_lifetime_days: 30 }, same],
  ['{"self_serve_keys": 2}', refused({ self_serve_keys: BOOLEAN_NEEDED }), same],
  [
    '{"self_serve_keys": null, "longest_key_lifetime_days": "x"}',
    refused({ self_serve_keys: NULL, longest_key_lifetime_days: INTEGER_NEEDED }),
    same,
  ],
  ['[]', noObject('list'), same],
  ['"open"', noObject('str'), same],
  ['5', noObject('int'), same],
  ['1.5', noObject('float'), same],
  ['1e3', noObject('float'), same],
  ['true', noObject('bool'), same],
  ['null', refused(NULL), same],
];

const BAD_EMAIL = ['Enter a valid email address.'];
const TOO_LONG = 'Ensure this field has no more than 254 characters.';

/** EmailField() */
const EMAIL: Row[] = [
  ['"ada@example.com"', 'ada@example.com', same],
  ['" grace@example.com "', 'grace@example.com', same],
  ['"a.d+a@sub.example.co"', 'a.d+a@sub.example.co', same],
  ['"ada"', BAD_EMAIL, same],
  ['"ada@"', BAD_EMAIL, same],
  ['"@example.com"', BAD_EMAIL, same],
  ['"ada@example"', BAD_EMAIL, same],
  ['"a da@example.com"', BAD_EMAIL, same],
  ['"ada@exa_mple.com"', BAD_EMAIL, same],
  ['"ada@-example.com"', BAD_EMAIL, same],
  ['"ada@@example.com"', BAD_EMAIL, same],
  ['"a..da@example.com"', BAD_EMAIL, same],
  ['"a\\u0000da@example.com"', [...NULS, ...BAD_EMAIL], same],
  ['"\\ud800@example.com"', [surrogate('D800'), ...BAD_EMAIL], same],
  ['5', BAD_EMAIL, same],
  ['""', BLANK, same],
  ['" "', BLANK, same],
  ['null', NULL, same],
  ['true', BAD_EMAIL, same],
  ['[]', BAD_EMAIL, same],
  ['["ada@example.com"]', BAD_EMAIL, same],
  ['{}', BAD_EMAIL, same],
  ['1e3', BAD_EMAIL, same],
  [JSON.stringify(`${'a'.repeat(250)}@example.com`), [TOO_LONG], same],
  [JSON.stringify('a'.repeat(255)), [TOO_LONG, ...BAD_EMAIL], same],
  ['"ada@localhost"', BAD_EMAIL, onPurpose('email')],
  ['"ada@[192.0.2.1]"', BAD_EMAIL, onPurpose('email')],
  ['"ada@example.123"', BAD_EMAIL, onPurpose('email')],
  [JSON.stringify(`${'a'.repeat(65)}@example.com`), BAD_EMAIL, onPurpose('email')],
  [String.raw`"\"ada\"@example.com"`, BAD_EMAIL, onPurpose('email')],
  ['"Edith@Example.COM"', 'edith@example.com', onPurpose('emailForm')],
  ['"edith@bücher.example"', 'edith@xn--bcher-kva.example', onPurpose('emailForm')],
];

const BAD_ADDRESS = ['Enter a valid IPv4 or IPv6 address.'];

/** IPAddressField(required=False) */
const ADDRESS: Row[] = [
  ['"192.0.2.1"', {}, same],
  ['" 192.0.2.1 "', {}, same],
  ['"2001:DB8:0::1"', {}, same],
  ['" 2001:db8::1 "', {}, onPurpose('address')],
  ['"192.0.2.01"', BAD_ADDRESS, same],
  ['"192.0.2.0/24"', BAD_ADDRESS, same],
  ['"192.0.2.1\\u0000"', [...NULS, ...BAD_ADDRESS], same],
  ['""', BLANK, same],
  ['" "', BLANK, same],
  ['5', BAD_ADDRESS, same],
  ['1.5', BAD_ADDRESS, same],
  ['true', BAD_ADDRESS, same],
  ['[]', BAD_ADDRESS, same],
  ['null', NULL, same],
];

/** The rows of a field, as requests: `others` is the rest of the body. */
const cases = (
  rows: readonly Row[],
  [as, method, path]: readonly [Case['as'], string, string],
  field: string,
  others = '',
  taken: (outcome: unknown) => unknown = (outcome) => ({ [field]: outcome }),
): Case[] =>
  rows.map(([json, outcome, parity]) => {
    const isList = rows === CHOICES && Array.isArray(outcome);
    const refusal = isRefused(outcome) && !isList;
    return {
      as,
      method,
      path,
      body: `{${others}"${field}": ${json}}`,
      status: refusal ? 400 : method === 'PATCH' || ['keys', 'address'].includes(field) ? 200 : 201,
      ...(outcome === USER ? { namesUser: true } : {}),
      ...(outcome !== USER && { answer: refusal ? { [field]: messagesOf(outcome) } : taken(outcome) }),
      parity,
    };
  });

const ISSUE = ['staff', 'POST', '/api/admin/access-keys/'] as const;

export const SCALARS: Case[] = [
  ...cases(CHAR, ['owner', 'PATCH', '/api/orgs/{org}/'], 'name'),
  ...cases(INTEGER, ['staff', 'POST', '/api/admin/access-keys/{key}/rotate/'], 'grace_seconds').map((each) =>
    each.status === 400
      ? each
      : { ...each, answer: {}, thenRead: ['/api/admin/access-keys/{key}/', each.answer] as const },
  ),
  ...cases(BOOLEAN, ['owner', 'PATCH', '/api/orgs/{org}/api-keys/{provider_key}/'], 'enabled'),
  ...cases(CHOICE, ISSUE, 'access_level', '"user": {user}, "name": "x", '),
  ...cases(PRIMARY_KEY, ISSUE, 'user', '"access_level": "read_only", "name": "x", '),
  ...cases(DATETIME, ISSUE, 'expires_at', '"user": {user}, "access_level": "read_only", "name": "x", '),
  ...cases(CHOICES, ['owner', 'PATCH', '/api/orgs/{org}/roles/{role}/'], 'permissions'),
  ...cases(TEXTS, ['nobody', 'POST', '/api/auth/access-keys/report-leak/'], 'keys', '', (count) => ({
    results: Array.from({ length: Number(count) }, (_, index) => ({ index, outcome: 'unknown' })),
  })),
  ...cases(DICTIONARY, ['owner', 'PATCH', '/api/orgs/{org}/api-keys/{provider_key}/'], 'settings'),
  ...cases(NESTED, ['owner', 'PATCH', '/api/orgs/{org}/'], 'policy'),
  ...cases(
    ADDRESS,
    ['staff', 'POST', '/api/auth/introspect/'],
    'address',
    '"token": "x", ',
    (outcome) => outcome,
  ),
  ...cases(EMAIL, ['staff', 'POST', '/api/admin/users/'], 'email', '"name": "Ada", '),
];
