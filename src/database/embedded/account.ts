import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { UnusableEmbeddedPostgres } from './unusable.js';

/** The operating-system account that initdb and postgres run as, when that is not the one we run as. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. As root it therefore runs as the owner of the database that is there already, else as
 * `postgres`, else as `nobody`. Otherwise as whoever we are: null.
 */
export function serverAccount(owner: Account | null): Account | null {
  if (process.getuid?.() !== 0) return null;
  if (owner && owner.uid !== 0) return owner;
  const account = lookUp('postgres') ?? lookUp('nobody');
  if (account) return account;
  throw new UnusableEmbeddedPostgres(
    'PostgreSQL refuses to run as root, and this machine has neither an account "postgres" nor one "nobody". ' +
      'Start the service as an ordinary user, or set DATABASE_URL to a PostgreSQL that runs elsewhere.',
  );
}

/** The options of child_process that make a child run as `account`. */
export function runAs(account: Account | null): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

/** Whether `account` may enter `folder`: asked of the system, because modes alone don't tell of ACLs and mounts. */
export function canEnter(account: Account | null, folder: string): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'cd -- "$0"', folder], { ...runAs(account), stdio: 'ignore' }).status === 0
  );
}

// initdb asks for a passwd entry as well, so the file (rather than an id out of the air) is the right place to look.
function lookUp(name: string): Account | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}
