import { setImmediate } from 'node:timers/promises';
import { type Head, headText } from '../chain/head.js';
import type { HeadKey } from '../chain/head-key.js';
import type { Findings } from './findings.js';

/** Signatures that are verified at a stretch: after them others have their turn. */
const AT_A_STRETCH = 200;

/** Those of the heads that we signed; what we didn't sign proves nothing, and is told. */
export async function signedHeads(
  heads: readonly Head[],
  isSigned: ReturnType<HeadKey['verifier']>,
  findings: Findings,
): Promise<Head[]> {
  const ours: Head[] = [];
  for (const [index, head] of heads.entries()) {
    if (index > 0 && index % AT_A_STRETCH === 0) await setImmediate();
    const { chain, sequence, kid } = head;
    const signed = isSigned(kid, headText(head), Buffer.from(head.signature, 'base64url'));
    if (signed) ours.push(head);
    else findings.add({ chain, sequence, problem: signed === undefined ? 'unknown_key' : 'bad_signature' });
  }
  return ours;
}
