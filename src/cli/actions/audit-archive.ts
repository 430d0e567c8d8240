import { DataSource, QueryFailedError } from 'typeorm';
import { AuditArchiver, NotArchived } from '../../audit/archive/audit-archiver.js';
import { AuditService } from '../../audit/audit.service.js';
import { HeadKey } from '../../audit/chain/head-key.js';
import { timeOfDay } from '../../common/clock.js';
import { type Env, readEnv } from '../../config/env.js';
import { dataSourceOptions } from '../../database/data-source.js';
import { openDatabase } from '../../database/open-database.js';
import { assertOwnSessions } from '../../database/session-check.js';
import type { Alone } from '../command.js';
import { CommandRefused } from '../refused.js';
import { evidenceOf } from './audit.js';

export const archive: Alone = async ({ fields }, output) => {
  const before = new Date(fields['before'] as string);
  if (before.getTime() > timeOfDay()) throw new CommandRefused('`--before` must be in the past.');
  const { publicKeys = [] } = await evidenceOf(fields['head']);
  const file = fields['to'] as string;
  const events = await withArchiver((archiver) =>
    output.progress('written', (onProgress) => archiver.archive({ before, file, publicKeys }, onProgress)),
  ).catch((error: unknown) => {
    throw refusalOf(error, file);
  });
  output.print({ events, file: events > 0 ? file : null });
};

/** As the role that owns the tables. */
async function withArchiver<T>(work: (archiver: AuditArchiver) => Promise<T>): Promise<T> {
  const database = await openDatabase(readEnv());
  try {
    const url = ownerOf(database.env);
    await assertOwnSessions(url); // else the lock would be somebody else's session's
    const owner = new DataSource({ ...dataSourceOptions({ url, poolSize: 1 }), extra: {} });
    await owner.initialize();
    try {
      return await work(new AuditArchiver(owner, new HeadKey(database.env), new AuditService()));
    } finally {
      await owner.destroy();
    }
  } finally {
    await database.close();
  }
}

function ownerOf({ MIGRATION_DATABASE_URL: owner, DATABASE_URL: service = '' }: Env): string {
  return owner ?? service;
}

/** What the file system refused has a system call, as a lost connection to the database has; other errors are left as they are. */
function refusalOf(error: unknown, file: string): unknown {
  if (error instanceof NotArchived) return new CommandRefused(error.message);
  if (error instanceof QueryFailedError) return error;
  const { code, syscall = '', path: at } = error as NodeJS.ErrnoException;
  const ofFiles = ['open', 'write', 'fsync', 'close', 'read', 'link', 'rm', 'unlink'];
  if (code === undefined || !ofFiles.includes(syscall)) return error;
  if (code === 'EEXIST' && syscall === 'open')
    return new CommandRefused(`${at} was left by a run that was killed: delete it. Nothing was removed.`);
  return new CommandRefused(`${file} can't be written: ${code}. Nothing was removed.`);
}
