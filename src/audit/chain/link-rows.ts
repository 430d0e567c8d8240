import { EVENT_COLUMNS, type EventRow, instantText } from './canonical.js';

/** A link with its event and its head, as far as they are there. Integers beyond JavaScript's are text. */
export type LinkRow = ({ [Name in keyof EventRow]: null } | EventRow) & {
  chain: string;
  sequence: string;
  event_id: string;
  previous_hash: Buffer;
  hash: Buffer;
  head_hash: Buffer | null;
  head_signed_at: string;
  head_kid: string;
  head_signature: Buffer;
};

/** SQL: links with their events and their heads (LinkRow), in order; `batch` selects them from audit_links. */
export function linksOf(batch: string): string {
  return `
    WITH batch AS MATERIALIZED (${batch})
    SELECT l.*, ${EVENT_COLUMNS}, h.hash AS head_hash, ${instantText('h.signed_at')} AS head_signed_at,
      h.kid AS head_kid, h.signature AS head_signature
    FROM batch l
    LEFT JOIN audit_events e ON e.id = l.event_id
    LEFT JOIN audit_heads h ON h.chain = l.chain AND h.sequence = l.sequence
    ORDER BY l.chain, l.sequence`;
}
