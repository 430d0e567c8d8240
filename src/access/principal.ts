import type { AccessLevel } from './access-level.js';
import type { Claim } from './claim.js';
import type { Permission } from './permissions.js';

/** The credential that proved who the caller is. It holds no secret: principals get logged. */
export type Credential =
  | {
      readonly scheme: 'access_key';
      readonly keyId: number;
      readonly prefix: string;
      readonly accessLevel: AccessLevel;
      /** Opens admin paths, when its user is staff. */
      readonly admin: boolean;
      /** The one organization it is confined to; `null`: every organization of its user that allows it. */
      readonly organizationId: number | null;
      readonly expiresAt: Date | null;
      /** It ends within 14 days: answers warn of it. */
      readonly ending: boolean;
      /** The prefix of the key that it was rotated to. */
      readonly supersededBy: string | null;
    }
  | { readonly scheme: 'jwt'; readonly familyId: number; readonly expiresAt: Date }
  | { readonly scheme: 'session'; readonly sessionId: number; readonly expiresAt: Date };

export type Scheme = Credential['scheme'];

/** Where a request came from; audit events and last-use records keep it. */
export interface Origin {
  /** In one form (common/addresses.ts); `null`: not known. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  /** The channel by which it came, where it is not the API itself; the audit log tells it. */
  readonly via?: Channel;
}

/** `mcp`: an assistant called a tool. */
export type Channel = 'mcp';

/** Whoever does something that the audit log tells of: a principal, somebody who logs in, or the CLI. */
export interface Actor {
  readonly userId: number | null;
  readonly credential: Credential | null;
  readonly origin: Origin;
  /** That what they do by this request is to be done once. */
  readonly claim?: Claim;
}

/** Who is calling, whatever the credential: the only shape that features see. */
export interface Principal extends Actor {
  readonly userId: number;
  readonly isStaff: boolean;
  readonly credential: Credential;
}

/** Somebody who proved nothing (yet): the caller of a public endpoint. */
export function anonymous(origin: Origin): Actor {
  return { userId: null, credential: null, origin };
}

/** The operator at the command line. */
export const OPERATOR: Actor = anonymous({ ip: null, userAgent: 'cli', requestId: null });

/** The caller's place in the organization of the path, as committed when the request was judged. */
export interface Membership {
  readonly id: number;
  readonly organizationId: number;
  readonly userId: number;
  readonly roleId: number;
  readonly permissions: readonly Permission[];
  readonly principal: Principal;
}

/** The credential in one word, as rows and audit events keep it: `session:5`, `jwt:9`, `access_key:12`. */
export function credentialName(credential: Credential): string {
  if (credential.scheme === 'access_key') return accessKeyName(credential.keyId);
  if (credential.scheme === 'jwt') return `jwt:${credential.familyId}`;
  return `session:${credential.sessionId}`;
}

/** An access key in that one word. */
export function accessKeyName(id: number): string {
  return `access_key:${id}`;
}

/** Through which credential something is made, in that one word; `cli`: by the operator, who has none. */
export function madeVia({ credential }: Actor): string {
  return credential ? credentialName(credential) : 'cli';
}
