import { z } from 'zod';
import { suiteNamed } from '../../model/suites.ts';
import type { Crosses, SizeClass } from '../../model/observation.ts';

const place = z.looseObject({
  network: z.string().optional(),
  node: z.string().optional(),
  pod: z.string().optional(),
  ip: z.string().optional(),
  name: z.string().optional(),
});

/** A probe of version 1, as far as it is read to make one of version 2. */
export const probeOfVersion1 = z.looseObject({
  v: z.literal(1),
  id: z.string(),
  at: z.string(),
  type: z.literal('probe'),
  suite: z.string(),
  kind: z.string(),
  role: z.string(),
  source: place,
  destination: place,
  asked: z.record(z.string(), z.unknown()),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  reason: z.string().optional(),
  attempts: z.number(),
  got: z.record(z.string(), z.unknown()),
});
export type ProbeOfVersion1 = z.infer<typeof probeOfVersion1>;

const LARGE = ['tcp-large', 'udp-full', 'udp-fragmented'];

/** An HTTP answer may be of full-size packets; a name query and a connect never are. */
const sizeOf = ({ kind, role }: ProbeOfVersion1): SizeClass =>
  LARGE.includes(role) ? 'large' : kind === 'http' ? 'mixed' : 'small';

const kindOf = ({ kind, role }: ProbeOfVersion1): string =>
  kind === 'vxlan' ? 'burst' : role === 'resolver-short-name' ? 'resolve' : kind;

const pair = (from: string | undefined, to: string | undefined): [string, string][] | undefined =>
  from !== undefined && to !== undefined && from !== to ? [[from, to]] : undefined;

const only = (node: string | undefined): string[] => (node === undefined ? [] : [node]);

/** What a probe of version 1 crosses, which there its role and its suite stand for. */
function crossesOf(probe: ProbeOfVersion1, nodes: string[]): Crosses {
  const { suite, role, source, destination, asked } = probe;
  const [from, to] = [source.node, destination.node];
  const ownPods = source.network === 'pod' ? only(from) : [];
  const base: Crosses = {
    ...(ownPods.length > 0 && { pods: ownPods }),
    ...(role.endsWith('external-name') && { external: true as const }),
    size: sizeOf(probe),
  };
  const underlay = pair(from, to);
  const byService = (translation: string[], service: string | undefined): Crosses => ({
    ...base,
    translation,
    service,
    servedFrom: translation,
  });
  if (suite === 'vxlan')
    return /^(control|internal)-/.test(role) ? { ...base, underlay } : { ...base, underlay, overlay: underlay };
  if (role === 'service') return byService(only(from), destination.name);
  if (suite === 'node-port') return { ...byService(only(to), destination.name), underlay };
  if (suite === 'ingress') {
    const service = typeof asked['service'] === 'string' ? asked['service'] : undefined;
    const host = { ...base, service, host: destination.name };
    if (role === 'worker') return { ...host, servedFrom: only(to) };
    if (role === 'node-port') return { ...host, translation: only(to), servedFrom: 'ingress', entry: to };
    return { ...host, translation: nodes, servedFrom: 'ingress' };
  }
  if (role === 'upstream-external-name') return base;
  if (suite === 'coredns' && to === undefined) return { ...byService(only(from), destination.name), dns: true };
  const toPod = destination.network === 'pod';
  const pods = [...new Set([...ownPods, ...(toPod ? only(to) : [])])];
  return {
    ...base,
    underlay,
    ...(toPod && { overlay: underlay }),
    ...(pods.length > 0 && { pods }),
    ...(role === 'endpoint' && { service: destination.name, endpoint: destination.ip }),
    ...(suite === 'coredns' && { replica: destination.pod }),
  };
}

/** What was observed and never judged: version 1 called it inconclusive, as what was not observed. */
function verdictOf({ role, verdict, reason = '', attempts }: ProbeOfVersion1): string {
  if (verdict !== 'inconclusive') return verdict;
  const isSeen =
    ((role === 'plain-burst' || role === 'internal-burst') && attempts > 0) ||
    (role === 'control-kubelet' && reason.startsWith('need not be open'));
  return isSeen ? 'evidence' : verdict;
}

/** A probe of version 1 in the shape of version 2, for a cluster of these nodes. Pure. */
export const upgradeProbe = (probe: ProbeOfVersion1, nodes: string[]): object => ({
  ...probe,
  v: 2,
  suite: suiteNamed(probe.suite) ?? probe.suite,
  kind: kindOf(probe),
  crosses: crossesOf(probe, nodes),
  verdict: verdictOf(probe),
});
