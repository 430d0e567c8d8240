/**
 * The security core, in areas that the same few specs hold. Every mutant of an area's files counts: none is left out, by
 * file or by kind.
 */
export const AREAS = {
  keys: {
    mutate: ['src/api-access-keys/key-format.ts', 'src/common/crypto/random-text.ts'],
    specs: ['unit/key-format', 'unit/digests'],
  },
  digests: {
    mutate: ['src/api-access-keys/imported/imported-hash.ts', 'src/common/crypto/{digest,purpose-key}.ts'],
    specs: ['unit/imported-hash', 'unit/digests'],
  },
  guards: {
    mutate: [
      'src/access/access-level.ts',
      'src/access/key-types.ts',
      'src/guards/{access-level.guard,roles.guard,route-access}.ts',
      'src/auth/run-strategy.ts',
    ],
    specs: ['unit/guards'],
  },
  credentials: {
    mutate: ['src/auth/{csrf,own-cookies,presented-credential}.ts'],
    specs: ['unit/csrf', 'unit/presented-credential'],
  },
  tokens: {
    mutate: ['src/auth/signing-keys.ts', 'src/auth/tokens/{token-claims,token-signer}.ts'],
    specs: ['unit/token-claims', 'unit/token-signer'],
  },
  masks: {
    mutate: ['src/provider-keys/{mask,secret-form}.ts'],
    specs: ['provider-keys/mask', 'provider-keys/secret-form'],
  },
  sealing: {
    mutate: ['src/common/crypto/secret-box.ts', 'src/provider-keys/{provider-secrets,opened-secret}.ts'],
    specs: ['provider-keys/secret-box', 'provider-keys/provider-secrets'],
  },
  ledger: {
    mutate: ['src/call-summaries/{call-folding,call-ledger}.ts'],
    specs: ['db/call-ledger'],
  },
  families: {
    mutate: ['src/auth/tokens/{lifetimes,refresh-state,token-families,tokens.service}.ts'],
    specs: ['unit/refresh-problem', 'db/token-families'],
  },
  states: {
    mutate: ['src/api-access-keys/presented/key-proof.ts', 'src/api-access-keys/key-status.ts'],
    specs: ['db/key-proof'],
  },
  doors: {
    mutate: [
      'src/auth/lookup/{credential-lookup,membership-join}.ts',
      'src/auth/strategies/{api-key,jwt,session}.strategy.ts',
      'src/auth/authentication.ts',
      'src/guards/{authentication.guard,guards.module}.ts',
    ],
    specs: [
      'http/refused-credentials',
      'http/credential-uses',
      'unit/membership-join',
      'unit/closed-by-default',
    ],
  },
  authority: {
    mutate: ['src/acts/{act,acts,authority,caller,claims}.ts'],
    specs: [
      'db/(?:acts|ended-in-between|member-races)',
      'http/(?:idempotency|members|roles|passwords)',
      'contract/judged-under-the-lock',
    ],
  },
  lineage: {
    mutate: ['src/api-access-keys/life/{expiry,ways,rules,issuing,rotation,editing}.ts'],
    specs: [
      'http/access-keys-(?:import|rules|rotation|issue|suspension|self-serve)',
      'http/(?:allowed-networks|rotation-policy)',
    ],
  },
  policy: {
    mutate: [
      'src/access/allowed-networks.ts',
      'src/api-access-keys/{review/breaches,requests/terms,requests/requests.service,bulk/counting,bulk/bulk-revocations}.ts',
    ],
    specs: [
      'http/(?:rules-at-use|policy-at-use|allowed-networks|access-keys-requests|access-keys-bulk-revoke|access-keys-review)',
    ],
  },
};
