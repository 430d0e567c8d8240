import { InvalidInput } from './errors.js';

/** What PostgreSQL's errors mean to a caller. */

/** A standby, or a primary that is being replaced: the next connection finds the new one (database/session.ts). */
const READ_ONLY = '25006';
/** SQLSTATE classes in which the server can't serve for now: connection, login, resources, operator intervention. */
const UNREACHABLE_CLASSES = ['08', '28', '53', '57'];
const UNREACHABLE_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EACCES',
];
// The last one is TypeORM's, of a transaction whose connection went away between two of its statements.
const UNREACHABLE_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable|connection ended|cannot use a pool after|query runner(?: was)? already released/i;
/** Waited too long for a lock, lost against another transaction, or was idle in one for too long. */
const GAVE_UP = ['55P03', '40001', '40P01', '25P03', '25P04'];

function codeOf(error: unknown): string {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  return String(driverError?.code ?? code ?? '');
}

/** Whether the database, not the request, is at fault: it is out of reach, shutting down, out of connections or busy. */
export function isUnreachable(error: unknown): boolean {
  const code = codeOf(error);
  const { message } = (error ?? {}) as { message?: unknown };
  return (
    UNREACHABLE_CODES.includes(code) ||
    (code.length === 5 && UNREACHABLE_CLASSES.includes(code.slice(0, 2))) ||
    GAVE_UP.includes(code) ||
    code === READ_ONLY ||
    UNREACHABLE_MESSAGES.test(String(message))
  );
}

/** PostgreSQL ended this transaction so that another could go on: it can be run again as it is. */
const DEADLOCK = '40P01';
/** How often in all a transaction is tried that loses deadlocks. */
const TRIES = 3;

/** Does `work`, one transaction, once more when it lost a deadlock, which left nothing of it behind. Errors: those of `work`. */
export async function retryingDeadlocks<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== DEADLOCK || tries === TRIES) throw error;
    }
  }
}

/** The name of the constraint that a statement broke, or `undefined` when the error is another. */
export function constraintOf(error: unknown): string | undefined {
  if (codeOf(error).slice(0, 2) !== '23') return undefined;
  const { constraint, driverError } = error as { constraint?: string; driverError?: { constraint?: string } };
  return driverError?.constraint ?? constraint;
}

/** What a caller is told of a broken uniqueness rule that no service caught itself. */
const SENTENCES = {
  uq_users_email: 'A user with this email already exists.',
  uq_members_organization_id_user_id: 'This user is already a member of this organization.',
  uq_members_organization_id_invited_email: 'This e-mail address is already invited to this organization.',
  uq_roles_organization_id_name: 'A role with this name already exists in this organization.',
};

type KnownConstraint = keyof typeof SENTENCES;

function isKnown(constraint: string): constraint is KnownConstraint {
  return Object.hasOwn(SENTENCES, constraint);
}

/** The refusal of a duplicate that a service finds by looking, in the words of the constraint that would have found it. */
export function duplicate(constraint: KnownConstraint): InvalidInput {
  return InvalidInput.nonField(SENTENCES[constraint]);
}

/** The public sentence for a uniqueness violation that the contract answers with 400 `non_field_errors`. */
export function violatedConstraint(error: unknown): string | undefined {
  const constraint = constraintOf(error) ?? '';
  return isKnown(constraint) ? SENTENCES[constraint] : undefined;
}

/** The outcome of a write; one that broke a uniqueness rule rejects with InvalidInput under `non_field_errors`. */
export async function refusingDuplicates<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const sentence = violatedConstraint(error);
    throw sentence === undefined ? error : InvalidInput.nonField(sentence);
  }
}
