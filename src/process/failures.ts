import { InvalidEnvironment } from '../config/env.js';
import { UnreadableSecrets } from '../config/secrets.js';
import { UnusableEmbeddedPostgres } from '../database/embedded/unusable.js';
import { ReadOnlyServer } from '../database/session.js';
import { UnusableDatabase } from '../database/session-check.js';
import { WrongKeyRing } from '../provider-keys/key-ring-check.js';

/** Why the service, or a command, can't run: one word for programs, and a sentence for people that says what to do. */
export interface Obstacle {
  readonly code: 'settings' | 'address' | 'database' | 'key_ring';
  readonly message: string;
}

/** The service can't listen where HOST and PORT say; the cause tells why. */
export class UnusableAddress extends Error {
  constructor(
    readonly host: string,
    cause: unknown,
  ) {
    super(`The service can't listen on ${host}.`, { cause });
    this.name = 'UnusableAddress';
  }
}

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  /** Of the file system alone: what it was asked for. */
  readonly path?: string;
  readonly port?: number;
}

/** What stands in the way, if `error` is one of what an operator can change; `undefined`: a fault of ours. */
export function obstacleOf(error: unknown): Obstacle | undefined {
  if (error instanceof InvalidEnvironment || error instanceof UnreadableSecrets)
    return { code: 'settings', message: error.message };
  if (error instanceof WrongKeyRing) return { code: 'key_ring', message: error.message };
  const told = [UnusableDatabase, UnusableEmbeddedPostgres, ReadOnlyServer];
  if (told.some((kind) => error instanceof kind))
    return { code: 'database', message: (error as Error).message };
  if (error instanceof UnusableAddress)
    return { code: 'address', message: listening(systemError(error.cause), error.host) };
  const { path, message } = systemError(error);
  if (path !== undefined)
    return { code: 'settings', message: `${message}. Is it there, and may this account use it?` };
  const database = reaching(systemError(error));
  return database === undefined ? undefined : { code: 'database', message: database };
}

/** A driver wraps what happened; a name with several addresses fails once for each. */
function systemError(error: unknown): SystemError {
  const { driverError, errors, cause } = (error ?? {}) as {
    driverError?: unknown;
    errors?: unknown[];
    cause?: unknown;
  };
  const inner = driverError ?? errors?.[0] ?? (error instanceof AggregateError ? cause : undefined);
  return inner === undefined ? ((error ?? {}) as SystemError) : systemError(inner);
}

function listening({ code = '', address = '', port, message }: SystemError, host: string): string {
  const where = `${address}:${String(port)}`;
  if (code === 'EADDRINUSE')
    return `${where} is taken: another process listens there. End it, or set another PORT.`;
  if (code === 'EACCES') return `This account may not listen on ${where}. Set a PORT of 1024 or above.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is no address of this machine. Set another HOST.`;
  if (/^(?:ENOTFOUND|EAI_)/.test(code)) return `${host} names no address. Set another HOST.`;
  return `The service can't listen on ${where}: ${message}.`;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;
const UNREACHABLE = /^(?:ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|ENOENT|EACCES|57P03|53300)/;

/** What the settings of the database's URL do about each of these is in docs/operations.md. */
function reaching({ code = '', message = '' }: SystemError): string | undefined {
  if (code === '28P01' || code === '28000')
    return `The database refuses the login: ${message}. Set the role and its password in DATABASE_URL, or its pg_hba.conf.`;
  if (code === '3D000')
    return `The database refuses the login: ${message}. Make it (deploy/database.sql), or name another in DATABASE_URL.`;
  if (CERTIFICATE.test(code))
    return `The database's certificate is not trusted: ${message}. Name its authority with sslrootcert in the URL.`;
  if (/SSL/.test(message) && code === '')
    return `The database can't be reached by TLS: ${message}. Turn it on there, or take sslmode out of the URL.`;
  if (UNREACHABLE.test(code) || /timeout expired|connection terminated/i.test(message))
    return `The database can't be reached: ${message || code}. Is it running, and is the URL right?`;
  return undefined;
}
