import { lookup } from 'node:dns/promises';
import type { AgentGot } from '../../model/agent-got.ts';
import type { ResolveSpec } from '../protocol.ts';
import type { AttemptContext } from './attempts.ts';
import { codeOf, ProbeFailure, toFailure } from './failure.ts';

/** What getaddrinfo's two ways of having no address mean. */
const meanings: Record<string, string> = {
  ENOTFOUND: 'there is no such name, or it has no address',
  EAI_AGAIN: 'no name server gave an answer',
};

/** getaddrinfo, as an application does: /etc/hosts, search list, ndots and the resolver's own time-outs. */
export async function resolve({ name }: ResolveSpec, { phase }: AttemptContext): Promise<AgentGot['resolve']> {
  phase('lookup');
  try {
    const addresses = await lookup(name, { all: true });
    return { addresses: addresses.map(({ address }) => address) };
  } catch (error) {
    const failure = toFailure(error);
    const code = codeOf(error);
    throw new ProbeFailure(failure.kind, code in meanings ? `${meanings[code]} (${code})` : failure.message);
  }
}
