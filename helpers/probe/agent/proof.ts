import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const NONCE_BYTES = 12;
const MAC_BYTES = 12;

/** A nonce and what only a holder of the run's key can make of it. */
export const PROOF_BYTES = NONCE_BYTES + MAC_BYTES;

const macOf = (key: string, nonce: Buffer): Buffer =>
  createHmac('sha256', key).update(nonce).digest().subarray(0, MAC_BYTES);

/** A fresh proof that its maker belongs to the run: the key itself never crosses the network. */
export function makeProof(key: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  return Buffer.concat([nonce, macOf(key, nonce)]);
}

/** Whether a holder of the key made the proof. An agent that was given no key believes nobody. */
export function isProof(key: string, proof: Buffer): boolean {
  if (key === '' || proof.length !== PROOF_BYTES) return false;
  return timingSafeEqual(proof.subarray(NONCE_BYTES), macOf(key, proof.subarray(0, NONCE_BYTES)));
}
