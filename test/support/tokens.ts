import { createSign, type KeyObject } from 'node:crypto';
import { SigningKeys } from '../../src/auth/signing-keys.js';
import type { TestApp } from './app.js';

export type Json = Record<string, unknown>;

/** What a token says, unverified. */
export function decoded(token: string): { header: Json; claims: Json } {
  const [header = '', claims = ''] = token.split('.');
  const parse = (part: string): Json => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json;
  return { header: parse(header), claims: parse(claims) };
}

/** The service's own signing key: for tokens that are wrong in other ways than their signature. */
export function signerOf(test: TestApp): { kid: string; privateKey: KeyObject } {
  return new SigningKeys(test.env).signer;
}

/** A token of any header and any claims (text is taken as it is), signed with the service's key, or as `sign` does. */
export function forged(
  test: TestApp,
  claims: Json | string,
  { header = {}, sign }: { header?: Json; sign?: (input: string) => string } = {},
): string {
  const { kid, privateKey } = signerOf(test);
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const input = [JSON.stringify({ alg: 'RS256', typ: 'JWT', kid, ...header }), text]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  const signature = sign?.(input) ?? createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url');
  return `${input}.${signature}`;
}
