import { createHmac } from 'node:crypto';
import type { UnsignedRequest } from './adapter.js';

/**
 * The HTTP signature of World-Check One: HMAC-SHA256 over request line, host and date and, with a body, its type,
 * length in bytes and the body itself. The signed host and path are those that are sent, query included; the very bytes
 * that are signed must be sent. The service refuses dates that are off by more than a small buffer.
 */
export function worldCheckSignature(
  { method, target, host, contentType, body }: UnsignedRequest,
  { id, secret }: { id: string; secret: string },
  date: string,
): string {
  const lines = [`(request-target): ${method.toLowerCase()} ${target}`, `host: ${host}`, `date: ${date}`];
  const names = ['(request-target)', 'host', 'date'];
  const signer = createHmac('sha256', secret);
  if (body) {
    lines.push(`content-type: ${contentType ?? ''}`, `content-length: ${body.length}`);
    names.push('content-type', 'content-length');
    signer.update(`${lines.join('\n')}\n`).update(body);
  } else {
    signer.update(lines.join('\n'));
  }
  const signature = signer.digest('base64');
  return `Signature keyId="${id}",algorithm="hmac-sha256",headers="${names.join(' ')}",signature="${signature}"`;
}
