import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import type { Origin, Principal } from '../../access/principal.js';
import { ImportedKeys } from '../../api-access-keys/imported/imported-keys.js';
import { KeyFirstUse } from '../../api-access-keys/use/first-use.js';
import { type ClearKey, parseKey } from '../../api-access-keys/key-format.js';
import { KeyLastUse } from '../../api-access-keys/use/last-use.js';
import { digestOf, sameDigest } from '../../common/crypto/digest.js';
import { InvalidApiKey, type RefusedKey } from '../../common/errors.js';
import type { Attempt } from '../presented-credential.js';
import { type AccessKeyRow, CredentialLookup, type RequestContext } from '../lookup/credential-lookup.js';
import { proven, type Proven } from '../lookup/membership-join.js';

/** How Passport is told of a refusal. Not thrown, for each level that an error passes costs, and bad keys come in floods. */
type Refused = readonly [false, InvalidApiKey];

const refuse = (error: InvalidApiKey): Refused => [false, error];

/** Compared with when the prefix is unknown, so that both cases do the same work (A4). */
const NO_DIGEST = digestOf('no key has this digest');

/**
 * `Authorization: Api-Key <prefix>.<secret>`. Access is granted if and only if the key is well-formed, its prefix is
 * known, the digest of the whole key is the stored one, it is neither revoked nor expired nor suspended, its user active, and,
 * when it is confined, its user still a member there and the policy there doesn't block it, and the address in the networks that it and that
 * organization name, if they do. Otherwise: InvalidApiKey, the same for every reason.
 */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(Strategy, 'api-key') {
  constructor(
    private readonly lookup: CredentialLookup,
    private readonly firstUse: KeyFirstUse,
    private readonly lastUse: KeyLastUse,
    private readonly imported: ImportedKeys,
  ) {
    super();
  }

  async validate({
    value,
    organizationId: org,
    address,
    origin,
    inspected,
  }: Attempt): Promise<Proven | Refused> {
    const key = parseKey(value);
    if (!key) return refuse(new InvalidApiKey('malformed'));
    const context = { org, address };
    let judged = await this.judge(key, context, origin.ip);
    if (judged instanceof InvalidApiKey) return refuse(judged);
    const confirms = judged.unconfirmed && !inspected;
    if (confirms || judged.imported_hash !== null) {
      if (confirms) await this.firstUse.confirm(judged.id);
      judged = await this.judge(key, context, origin.ip); // meanwhile it may have been replaced or revoked
      if (judged instanceof InvalidApiKey) return refuse(judged);
    }
    if (judged.used_at && !inspected) this.lastUse.note({ keyId: judged.id, at: judged.used_at, origin });
    return proven(principalOf(key, judged, origin), judged);
  }

  /**
   * What the database knows of a key that works, or why it opens nothing. Errors: ServiceUnavailable when too many
   * imported keys wait to be verified.
   */
  private async judge(
    key: ClearKey,
    context: RequestContext,
    source: string | null,
  ): Promise<AccessKeyRow | InvalidApiKey> {
    const row = await this.lookup.accessKey(key.prefix, context);
    const matches = sameDigest(digestOf(key.text), row?.digest ?? NO_DIGEST);
    if (!row) return new InvalidApiKey('unknown', { prefix: key.prefix });
    const problem = (await this.isProven(key, row, matches, source)) ? row.problem : 'wrong_secret';
    return problem ? new InvalidApiKey(problem, refusedKey(key, row)) : row;
  }

  /** A dead key proves nothing to anybody: its imported hash isn't worth the time. */
  private isProven(
    key: ClearKey,
    { id, imported_hash: importedHash, problem }: AccessKeyRow,
    matches: boolean,
    source: string | null,
  ): boolean | Promise<boolean> {
    if (importedHash === null || problem) return matches || importedHash !== null;
    return this.imported.proves(key.text, { id, prefix: key.prefix, importedHash }, source);
  }
}

function refusedKey({ prefix }: ClearKey, row: AccessKeyRow): RefusedKey {
  return { prefix, id: row.id, userId: row.user_id, organizationId: row.organization_id };
}

function principalOf({ prefix }: ClearKey, row: AccessKeyRow, origin: Origin): Principal {
  return {
    userId: row.user_id,
    isStaff: row.is_staff,
    origin,
    credential: {
      scheme: 'access_key',
      keyId: row.id,
      prefix,
      accessLevel: row.access_level,
      admin: row.admin,
      organizationId: row.organization_id,
      expiresAt: row.expires_at,
      ending: row.ending,
      supersededBy: row.superseded_by,
    },
  };
}
