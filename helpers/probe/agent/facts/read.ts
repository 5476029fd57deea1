import { readFileSync } from 'node:fs';
import type { AgentSet, Listener } from '../../../model/facts/agent.ts';
import type { FactValue } from '../../../model/facts.ts';
import type { FactsSpec } from '../../protocol.ts';
import type { Outcome } from '../attempts.ts';
import { textOf } from '../failure.ts';
import { readCounters } from './counters.ts';
import { readLinks } from './links.ts';
import { parseResolv } from './parse-resolv.ts';
import { parseRoutes } from './parse-routes.ts';
import { parseSockets } from './parse-sockets.ts';
import { parseKernelStat } from './parse-tables.ts';
import { readText } from './sysfs.ts';
import { readSysctls } from './sysctls.ts';

function listeners(protocol: 'tcp' | 'udp'): Listener[] {
  return [protocol, `${protocol}6`].flatMap((file) => parseSockets(readText(`/proc/self/net/${file}`) ?? '', protocol));
}

function readSockets(): FactValue<'sockets'> {
  return { tcp: listeners('tcp'), udp: listeners('udp') };
}

const conntrackNumber = (name: string): number => Number(readFileSync(`/proc/sys/net/netfilter/${name}`, 'utf8'));

function readConntrack(): FactValue<'conntrack'> {
  const stat = readText('/proc/self/net/stat/nf_conntrack');
  return {
    count: conntrackNumber('nf_conntrack_count'),
    max: conntrackNumber('nf_conntrack_max'),
    ...(stat !== undefined && { stat: parseKernelStat(stat) }),
  };
}

const readers: { [Set in AgentSet]: () => FactValue<Set> } = {
  counters: readCounters,
  routes: () => parseRoutes(readFileSync('/proc/self/net/route', 'utf8')),
  links: readLinks,
  sysctls: readSysctls,
  resolv: () => parseResolv(readFileSync('/etc/resolv.conf', 'utf8')),
  sockets: readSockets,
  conntrack: readConntrack,
};

/**
 * Reads the asked sets, each under its name in `got`. A set that cannot be read is absent and its reason is in
 * `got.notObserved`; only when none could be read is that an error.
 */
export async function readFacts({ sets }: FactsSpec): Promise<Outcome<Record<string, unknown>>> {
  const got: Record<string, unknown> = {};
  const notObserved: Record<string, string> = {};
  for (const set of sets) {
    try {
      if (!Object.hasOwn(readers, set)) throw new Error('this agent knows no such set');
      got[set] = readers[set]();
    } catch (error) {
      notObserved[set] = textOf(error);
    }
  }
  const failed = Object.keys(notObserved);
  const nothing = failed.length > 0 && failed.length === sets.length;
  return {
    attempts: 1,
    succeeded: nothing ? 0 : 1,
    timesMs: [],
    ...(nothing && { error: { kind: 'not-observed' as const, text: Object.values(notObserved).join('; ') } }),
    got: { ...got, ...(failed.length > 0 && { notObserved }) },
  };
}
