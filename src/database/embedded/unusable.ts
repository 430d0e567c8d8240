/** The embedded PostgreSQL can't be had as things are; the message says why, and what to do. */
export class UnusableEmbeddedPostgres extends Error {
  override readonly name = 'UnusableEmbeddedPostgres';
}
