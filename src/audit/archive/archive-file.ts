import { createReadStream } from 'node:fs';
import { link, lstat, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CANONICAL_MEMBERS, type EventRow } from '../chain/canonical.js';
import type { LinkRow } from '../chain/link-rows.js';
import { ndjsonLine } from '../ndjson.js';

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((hex) => Buffer.from(hex, 'hex'));
const signature = z.base64url().transform((text) => Buffer.from(text, 'base64url'));
// A column that is added later is null in what was archived before.
const text = z.string().nullable().default(null);
const number = z.int().nullable().default(null);

/** A line: one link with its event, and its head, if it was the last one of those that were sealed together. */
const LINE = z.strictObject({
  chain: z.string(),
  sequence: z.int().positive(),
  previous_hash: hash,
  hash,
  event: z.strictObject({
    id: z.string(),
    at: z.string(),
    action: z.string(),
    organization_id: number,
    actor_id: number,
    actor_credential: text,
    subject_type: text,
    subject_id: number,
    user_id: number,
    ip: text,
    user_agent: text,
    request_id: text,
    details: z.string().refine(isJson), // as text, so that no digit is lost
  } satisfies Record<keyof EventRow, z.ZodType>),
  head: z.strictObject({ hash, signed_at: z.string(), kid: z.string(), signature }).optional(),
});

/** A line that is not one of an archive, counted from 1. */
export class NotAnArchive extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
  ) {
    super(`${file}: line ${line} is no link of an audit chain.`);
  }
}

/** One line of an archive. */
export function archiveLine(row: LinkRow & EventRow): string {
  const { chain, sequence, previous_hash: previous, hash: own, head_hash: headHash } = row;
  const head = headHash && {
    hash: headHash.toString('hex'),
    signed_at: row.head_signed_at,
    kid: row.head_kid,
    signature: row.head_signature.toString('base64url'),
  };
  return ndjsonLine({
    chain,
    sequence: Number(sequence),
    previous_hash: previous.toString('hex'),
    hash: own.toString('hex'),
    event: Object.fromEntries(CANONICAL_MEMBERS.map((name) => [name, row[name]])),
    ...(head && { head }),
  });
}

/**
 * Writes a file that was not there, for its owner alone. Under its name it is whole: it is written as `<file>.part`, which
 * `prove` reads back, and then named; when this returns, it is on the disk under that name. What can't be written or proven is
 * not left behind. Errors: the file system's (EEXIST: there is one already, or the `.part` of a run that was killed), and those
 * of `texts` and `prove`.
 */
export async function writeNewArchive(
  file: string,
  texts: AsyncIterable<string>,
  prove: (part: string) => Promise<void>,
): Promise<void> {
  if (await lstat(file).catch(() => undefined))
    throw Object.assign(new Error(`${file} is there already.`), { code: 'EEXIST', syscall: 'link' });
  const part = `${file}.part`;
  const handle = await open(part, 'wx', 0o600);
  try {
    try {
      for await (const lines of texts) await handle.appendFile(lines);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await prove(part);
    await link(part, file); // never over another one
  } finally {
    await rm(part, { force: true });
  }
  await syncFolder(path.dirname(file));
}

/** A new file is lost with the power until the folder that names it is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The links of an archive, in order. Errors: NotAnArchive, and the file system's. */
export async function* readArchive(file: string): AsyncGenerator<LinkRow & EventRow> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    const parsed = LINE.safeParse(parse(line));
    if (!parsed.success) throw new NotAnArchive(file, number);
    const { event, head, ...link } = parsed.data;
    yield {
      ...event,
      ...link,
      sequence: String(link.sequence),
      event_id: event.id,
      head_hash: head?.hash ?? null,
      head_signed_at: head?.signed_at ?? '',
      head_kid: head?.kid ?? '',
      head_signature: head?.signature ?? Buffer.alloc(0),
    };
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of createReadStream(file, 'utf8')) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isJson(given: string): boolean {
  return parse(given) !== undefined;
}
