/**
 * The one text of an event that its hash is taken over. Everything comes from SQL as text, so that nothing is lost on
 * the way: no microsecond, no digit of a number. docs/audit-log.md tells how to compute it elsewhere.
 *
 * It is JSON in the order of RFC 8785: members sorted by name, no white space, strings escaped as JSON.stringify does.
 * Unlike there, a number is written as PostgreSQL prints it (RFC 8785 would round it to a double). Members that are null
 * are left out, so that a column added later doesn't change the hash of older events.
 */

/** SQL: an instant as UTC text with microseconds; outside the years 1 to 9999 PostgreSQL's own text, which is different. */
export function instantText(column: string): string {
  return `CASE WHEN ${column} >= '0001-01-01T00:00Z' AND ${column} < '9999-12-31T00:00Z'
    THEN to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE ${column}::text END`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** The milliseconds since 1970 of what `instantText` gives; NaN outside the years 1 to 9998, as for `infinity`. */
export function millisecondsOf(instant: string): number {
  return INSTANT.test(instant) ? Date.parse(instant) : NaN;
}

/** SQL: every column of audit_events `e`, as EventRow has them. A test compares them with the table's columns. */
export const EVENT_COLUMNS = `e.id::text, ${instantText('e.at')} AS at, e.action, e.organization_id, e.actor_id,
  e.actor_credential, e.subject_type, e.subject_id, e.user_id, e.ip, e.user_agent, e.request_id,
  e.details::text AS details`;

/** An event as SQL gives it; `details` is JSON text. */
export interface EventRow {
  id: string;
  at: string;
  action: string;
  organization_id: number | null;
  actor_id: number | null;
  actor_credential: string | null;
  subject_type: string | null;
  subject_id: number | null;
  user_id: number | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  details: string;
}

/** In the order of their names. */
export const CANONICAL_MEMBERS = [
  'action',
  'actor_credential',
  'actor_id',
  'at',
  'details',
  'id',
  'ip',
  'organization_id',
  'request_id',
  'subject_id',
  'subject_type',
  'user_agent',
  'user_id',
] as const satisfies readonly (keyof EventRow)[];

/** The canonical text of an event. */
export function canonicalEvent(row: EventRow): string {
  let text = '';
  for (const name of CANONICAL_MEMBERS) {
    const value = row[name];
    if (value === null) continue;
    text += `${text === '' ? '{' : ','}"${name}":${name === 'details' ? canonicalJson(row.details) : JSON.stringify(value)}`;
  }
  return `${text}}`;
}

/** A JSON string or number, wherever it stands in a JSON text. */
const SCALAR = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** JSON text in canonical form: members in the order of their names' UTF-16 units, numbers as they were written. */
export function canonicalJson(text: string): string {
  // Numbers become strings that say so, for JSON.parse would round them to doubles.
  const tagged = text.replace(SCALAR, (token) =>
    token.startsWith('"') ? `"s${token.slice(1)}` : `"n${token}"`,
  );
  return write(JSON.parse(tagged));
}

function write(value: unknown): string {
  if (typeof value === 'string')
    return value.startsWith('n') ? value.slice(1) : JSON.stringify(value.slice(1));
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name.slice(1))}:${write(inner)}`).join(',')}}`;
}
