/** How long tokens live (contract §2), as PostgreSQL intervals: the database's clock measures them. */
export const ACCESS_LIFETIME = `interval '5 minutes'`;
export const REFRESH_LIFETIME = `interval '1 day'`;
export const FAMILY_LIFETIME = `interval '30 days'`;
/** How long a used refresh token still gives its successor, to a client that lost the answer (B11). */
export const RETRY_WINDOW = `interval '10 seconds'`;

/** Now, in the whole seconds that a JWT counts. */
export const NOW = `date_trunc('second', app_now())`;
