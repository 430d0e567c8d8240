import { createHmac, hkdfSync } from 'node:crypto';

/** A 32-byte key for one purpose, derived from the service's secret (RFC 5869), so that no two uses share a key. */
export function purposeKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `cryptocomply/${purpose}`, 32));
}

/** HMAC-SHA-256 of `text`, as base64url without padding. */
export function hmacText(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
