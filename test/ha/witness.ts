import { Client } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { Record } from '../soak/record.js';
import { Register } from './register.js';

/** A session with the database through one HAProxy, made anew when it breaks. */
class Session {
  private client: Client | undefined;

  constructor(private readonly url: string) {}

  /** The rows of a statement; nothing when it was not answered. */
  async query<Row extends object>(sql: string): Promise<Row[] | undefined> {
    try {
      this.client ??= await this.connect();
      return (await this.client.query<Row>(sql)).rows;
    } catch {
      const broken = this.client;
      this.client = undefined;
      void broken?.end().catch(() => undefined);
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: 3_000,
      query_timeout: 15_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}

interface Row {
  n: number;
  timeline: number;
}

/** A standby can't tell its timeline this way: it fails there. */
const TIMELINE = `('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline`;
const EVERY_MS = 300;

/**
 * Asks the database itself, the way that the service reaches it, which server answers: every leader has a timeline of its own,
 * above that of the one before. After the first commit that a leader acknowledged nobody hears from an older one.
 */
export class Witness {
  private readonly sessions: readonly Session[];
  private readonly register: Register;
  private newest = 0;
  private going = true;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    urls: readonly string[],
    private readonly record: Record,
  ) {
    this.sessions = [...urls, ...urls].map((url) => new Session(url));
    this.register = new Register('the witness', (text) => record.violation(text));
  }

  async start(): Promise<void> {
    const [session] = this.sessions;
    const made = await session?.query('CREATE TABLE witness AS SELECT 0 AS n');
    if (!made) throw new Error('The witness could not begin.');
    const [writer, ...readers] = this.sessions;
    if (writer)
      this.running = Promise.all([this.write(writer), ...readers.map((reader) => this.read(reader))]);
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.running;
    for (const session of this.sessions) await session.close();
  }

  private async write(session: Session): Promise<void> {
    while (this.going) {
      await this.register.write(async (n) => {
        const rows = await session.query<Row>(`UPDATE witness SET n = ${n} RETURNING n, ${TIMELINE}`);
        const [row] = rows ?? [];
        if (row) this.newest = Math.max(this.newest, row.timeline);
        return row !== undefined;
      });
      await delay(EVERY_MS);
    }
  }

  private async read(session: Session): Promise<void> {
    while (this.going) {
      const { newest } = this;
      await this.register.read(async () => {
        const [row] = (await session.query<Row>(`SELECT n, ${TIMELINE} FROM witness`)) ?? [];
        if (row && row.timeline < newest)
          this.record.violation(
            `timeline ${row.timeline} answered, after ${newest} had acknowledged a commit`,
          );
        return row?.n;
      });
      await delay(EVERY_MS);
    }
  }
}
