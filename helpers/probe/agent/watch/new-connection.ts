import type { AnyAgentGot } from '../../../model/agent-got.ts';
import type { DnsSpec, HttpSpec } from '../../protocol.ts';
import type { WatchStream } from '../../watch-protocol.ts';
import { repeat } from '../attempts.ts';
import { dns } from '../dns.ts';
import { ProbeFailure } from '../failure.ts';
import { httpGet } from '../http.ts';
import { keyFrom, PROOF_HEADER } from '../identity.ts';
import { makeProof } from '../proof.ts';
import { signOf } from './sign.ts';

/** Asks once, and resolves to the sign of what came. Never rejects. */
export type Ask = (session: AbortSignal) => Promise<string>;

/** The proof of the run's key, where a request brings none of its own: to the canary behind an ingress. */
export const proved = (spec: Omit<HttpSpec, 'id'>): Omit<HttpSpec, 'id'> => ({
  ...spec,
  headers: { [PROOF_HEADER]: makeProof(keyFrom(process.env)).toString('hex'), ...spec.headers },
});

/** An answer counts when the canary gave it. */
export const isExpected = (status: number | undefined, body: string, expect: string | undefined): boolean =>
  status === 200 && (expect === undefined || body.includes(expect));

function checked({ status, body }: AnyAgentGot & { status?: number; body?: string }, expect: string | undefined): void {
  if (!isExpected(status, body ?? '', expect)) throw new ProbeFailure('wrong-answer', `status ${status ?? 0}`);
}

/** Asks by a connection, or a socket, of its own each time. */
export function newConnection({ id, spec, expect }: WatchStream): Ask {
  return async (session) => {
    try {
      const { error } =
        spec.kind === 'dns'
          ? await repeat<DnsSpec>({ ...spec, id }, dns, session)
          : await repeat<HttpSpec>(
              { ...proved(spec), id },
              async (asked, context) => {
                const got = await httpGet(asked, context);
                checked(got, expect);
                return got;
              },
              session,
            );
      return error === undefined ? '.' : signOf(new ProbeFailure(error.kind, error.text));
    } catch (error) {
      return signOf(error);
    }
  };
}
