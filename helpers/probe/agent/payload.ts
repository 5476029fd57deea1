import { randomBytes } from 'node:crypto';
import type { AgentGot } from '../../model/agent-got.ts';
import type { PayloadSpec } from '../protocol.ts';
import type { AttemptContext } from './attempts.ts';
import { ProbeFailure } from './failure.ts';
import { exchange } from './http-exchange.ts';
import { IDENTITY_HEADER, keyFrom, PROOF_HEADER, readIdentity } from './identity.ts';
import { makeProof } from './proof.ts';

/** A POST of random bytes to another agent, which must send the same back and say who it is. */
export async function payload(
  { host, port, payloadBytes }: PayloadSpec,
  context: AttemptContext,
): Promise<AgentGot['payload']> {
  const send = randomBytes(payloadBytes);
  const headers = { 'content-length': payloadBytes, [PROOF_HEADER]: makeProof(keyFrom(process.env)).toString('hex') };
  const {
    status,
    headers: answered,
    body,
    bodyLength,
  } = await exchange(
    {
      tls: false,
      send,
      keepBytes: payloadBytes + 1,
      options: { host, port, path: '/echo', method: 'POST', headers },
    },
    context,
  );
  const identity = readIdentity(answered[IDENTITY_HEADER]);
  if (!identity)
    throw new ProbeFailure('wrong-identity', `something that is no probe answered with status ${status}`, { status });
  const { clientAddress, ...peer } = identity;
  const got = { peer, clientAddress, payloadBytes };
  if (status !== 200)
    throw new ProbeFailure('http-status', `the probe answered with status ${status}`, { ...got, status });
  if (!body.equals(send))
    throw new ProbeFailure(
      'wrong-answer',
      `${bodyLength} bytes came back, not the ${payloadBytes} that were sent`,
      got,
    );
  return got;
}
