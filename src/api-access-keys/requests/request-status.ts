/**
 * What became of a request, by the database's clock: the first that applies. `void`: whoever asked is no longer an active
 * member of a live organization. The rule itself is the database's: the function access_key_request_status.
 */
export const REQUEST_STATUSES = ['approved', 'declined', 'cancelled', 'lapsed', 'void', 'open'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The status of the row `r` as an SQL expression. */
export const requestStatusOf = (r: string): string => `access_key_request_status(${r})`;

/** When the row `r` lapses unless it is decided, as an SQL expression: after 30 days, or when its key would be dead on arrival. */
export const requestEndOf = (r: string): string => `access_key_request_end(${r})`;
