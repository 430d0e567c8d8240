import { type Case, onPurpose, type Parity, same } from './parity.js';

/** Lists: rest_framework/pagination.py and filters.py (3.14), django-filter. The list has 30 members of known names. */

type Answer = Readonly<Record<string, unknown>> & { readonly rows?: number; readonly first?: string };
type Row = readonly [query: string, status: number, answer: Answer, parity: Parity];

const INVALID_PAGE = { detail: 'Invalid page.' };
const first = (name: string) => ({ first: name });
const rows = (length: number) => ({ rows: length });
const notChoice = (value: string) => [`Select a valid choice. ${value} is not one of the available choices.`];

const AT_LEAST = 'Ensure this value is greater than or equal to 1.';
const AT_MOST = 'Ensure this value is less than or equal to 2147483647.';

const MEMBERS: Row[] = [
  ['', 200, { count: 30, ...rows(25), previous: null }, same],
  ['page=1', 200, { ...rows(25), previous: null }, same],
  ['page=2', 200, { ...rows(5), next: null }, same],
  ['page=last', 200, { ...rows(5), next: null }, same],
  ['page=', 404, INVALID_PAGE, same],
  ['page=01', 200, rows(25), same],
  ['page=%202', 200, rows(5), same],
  ['page=%2B2', 200, rows(5), same],
  ['page=0', 404, INVALID_PAGE, same],
  ['page=-1', 404, INVALID_PAGE, same],
  ['page=3', 404, INVALID_PAGE, same],
  ['page=1.0', 404, INVALID_PAGE, same],
  ['page=1.5', 404, INVALID_PAGE, same],
  ['page=1e0', 404, INVALID_PAGE, same],
  ['page=0x1', 404, INVALID_PAGE, same],
  ['page=first', 404, INVALID_PAGE, same],
  ['page=LAST', 404, INVALID_PAGE, same],
  ['page=%EF%BC%91', 404, INVALID_PAGE, onPurpose('ascii')],
  ['page=99999999999999999999', 404, INVALID_PAGE, same],
  ['page=9&page=2', 200, rows(5), same],
  ['page=2&page=', 404, INVALID_PAGE, same],
  ['page=&page=2', 200, rows(5), same],
  ['page=%20last', 404, INVALID_PAGE, same],
  ['page=last&page_size=7', 200, { ...rows(2), next: null }, same],
  ['page_size=1e1', 200, rows(25), same],
  ['page_size=10', 200, rows(10), same],
  ['page_size=0', 200, rows(25), same],
  ['page_size=-5', 200, rows(25), same],
  ['page_size=', 200, rows(25), same],
  ['page_size=many', 200, rows(25), same],
  ['page_size=5.0', 200, rows(25), same],
  ['page_size=%205', 200, rows(5), same],
  ['page_size=05', 200, rows(5), same],
  ['page_size=7&page_size=3', 200, rows(3), same],
  ['page_size=10&page=3', 200, { ...rows(10), next: null }, same],
  ['page_size=10&page=4', 404, INVALID_PAGE, same],
  ['ordering=name', 200, first('Member 00'), same],
  ['ordering=-name', 200, first('Member 29'), same],
  ['ordering=%20-name%20', 200, first('Member 29'), same],
  ['ordering=bogus,-name', 200, first('Member 29'), same],
  ['ordering=status,-name', 200, first('Member 29'), same],
  ['ordering=-status,name', 200, first('Member 00'), same],
  ['ordering=,,-name,', 200, first('Member 29'), same],
  ['ordering=name&ordering=-name', 200, first('Member 29'), same],
  ['ordering=%2Dname%2C%zz', 200, first('Member 29'), same],
  ['ordering=user__password,-name', 200, first('Member 29'), same],
  ['ordering=bogus', 200, rows(25), same],
  ['ordering=--name', 200, rows(25), same],
  ['ordering=', 200, rows(25), same],
  ['search=Member%2007', 200, { count: 1 }, same],
  ['search=07%20Member', 200, { count: 1 }, same],
  ['search=member,07', 200, { count: 1 }, same],
  ['search=MEMBER', 200, { count: 30 }, same],
  ['search=07%20parity.example', 200, { count: 1 }, same],
  ['search=07%2008', 200, { count: 0 }, same],
  ['search=', 200, { count: 30 }, same],
  ['search=%20,%20', 200, { count: 30 }, same],
  ['search=%25', 200, { count: 0 }, same],
  ['search=x&search=07', 200, { count: 1 }, same],
  ['search=%FF', 200, { count: 0 }, same],
  [
    `search=${'x'.repeat(201)}`,
    400,
    { search: ['Ensure this value has at most 200 characters (it has 201).'] },
    onPurpose('filters'),
  ],
  ['search=a%00b', 400, { search: ['Null characters are not allowed.'] }, onPurpose('filters')],
  ['status=active', 200, { count: 30 }, same],
  ['status=invited', 200, { count: 0 }, same],
  ['status=', 200, { count: 30 }, same],
  ['status=invited&status=active', 200, { count: 30 }, same],
  ['status=active&status=invited', 200, { count: 0 }, same],
  ['status=asleep', 400, { status: notChoice('asleep') }, same],
  ['status=ACTIVE', 400, { status: notChoice('ACTIVE') }, same],
  ['status=asleep&status=', 200, { count: 30 }, same],
  ['status=%61sleep%', 400, { status: notChoice('asleep%') }, same],
  ['status=%61%FF%E2%82b', 400, { status: notChoice('a\uFFFD\uFFFDb') }, same],
  ['%73tatus=%', 400, { status: notChoice('%') }, same],
  ['status=%20', 400, { status: notChoice(' ') }, same],
  ['user={user}', 200, { count: 1 }, same],
  ['user=%20{user}%20', 200, { count: 1 }, same],
  ['user={user}.0', 200, { count: 1 }, same],
  ['user=', 200, { count: 30 }, same],
  ['user=abc', 400, { user: ['Enter a number.'] }, same],
  ['user=1%202', 400, { user: ['Enter a number.'] }, same],
  ['user=1e1', 400, { user: ['Enter a number.'] }, onPurpose('digits')],
  ['user=999999', 200, { count: 0 }, same],
  ['user=0', 400, { user: [AT_LEAST] }, onPurpose('filters')],
  ['user=-1', 400, { user: [AT_LEAST] }, onPurpose('filters')],
  ['user=2147483648', 400, { user: [AT_MOST] }, onPurpose('filters')],
  ['user=99999999999999999999', 400, { user: [AT_MOST] }, onPurpose('filters')],
  ['user=abc&status=asleep', 400, { user: ['Enter a number.'], status: notChoice('asleep') }, same],
  ['unknown=1', 200, { count: 30 }, same],
  ['Status=invited', 200, { count: 30 }, same],
  ['status[]=invited', 200, { count: 30 }, same],
];

/** Of a list of 101. */
const HALL: Row[] = [
  ['page_size=100', 200, { count: 101, ...rows(100) }, same],
  ['page_size=101', 200, { count: 101, ...rows(100) }, same],
  ['page_size=1000000000', 200, { count: 101, ...rows(100) }, same],
  ['page_size=101&page=2', 200, { ...rows(1), next: null }, same],
];

const KEYS: Row[] = [
  ['expires_before=2090-01-31T12:00:00Z', 200, {}, same],
  ['expires_before=2090-01-31%2012:00:00Z', 200, {}, same],
  ['expires_before=2090-01-31T14:00:00%2B0200', 200, {}, same],
  ['expires_before=%202090-01-31T12:00:00Z%20', 200, {}, same],
  ['expires_before=', 200, {}, same],
  [
    'expires_before=2090-01-31T12:00:00',
    400,
    { expires_before: ['Datetime must name a time zone, like 2030-01-31T12:00:00Z.'] },
    onPurpose('zone'),
  ],
  ['expires_before=tomorrow', 400, { expires_before: ['Enter a valid date/time.'] }, same],
  ['expires_before=2090-02-30T00:00:00Z', 400, { expires_before: ['Enter a valid date/time.'] }, same],
  ['never_used=true', 200, {}, same],
  ['never_used=True', 200, {}, same],
  ['never_used=TRUE', 200, {}, same],
  ['never_used=1', 200, {}, same],
  ['never_used=false', 200, {}, same],
  ['never_used=0', 200, {}, same],
  ['never_used=', 200, {}, same],
  ['never_used=perhaps', 400, { never_used: ['Must be a valid boolean.'] }, onPurpose('filters')],
  ['access_level=read_only', 200, {}, same],
  ['access_level=write', 400, { access_level: notChoice('write') }, same],
];

const DATE = { date_from: ['Enter a valid date.'] };

const CALLS: Row[] = [
  ['date_from=2030-01-05', 200, { count: 0 }, same],
  ['date_from=2030-1-5', 200, { count: 0 }, same],
  ['date_from=%202030-01-05%20', 200, { count: 0 }, same],
  ['date_from=', 200, { count: 0 }, same],
  ['date_from=2030-02-30', 400, DATE, same],
  ['date_from=2030-1', 400, DATE, same],
  ['date_from=20300105', 400, DATE, same],
  ['date_from=2030-01-05T00:00:00Z', 400, DATE, same],
  ['date_from=today', 400, DATE, same],
  ['date_from=01/05/2030', 400, DATE, onPurpose('filters')],
];

const cases = (as: Case['as'], path: string, table: readonly Row[]): Case[] =>
  table.map(([query, status, { rows, first, ...answer }, parity]) => ({
    as,
    method: 'GET',
    path: query === '' ? path : `${path}?${query}`,
    status,
    answer,
    ...(rows !== undefined && { rows }),
    ...(first !== undefined && { first }),
    parity,
  }));

export const LISTS: Case[] = [
  ...cases('owner', '/api/orgs/{crowd}/members/', MEMBERS),
  ...cases('owner', '/api/orgs/{hall}/members/', HALL),
  ...cases('staff', '/api/admin/access-keys/', KEYS),
  ...cases('owner', '/api/orgs/{org}/api-keys/{provider_key}/call-summaries/', CALLS),
];
