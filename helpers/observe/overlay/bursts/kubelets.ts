import { podOf, type RunContext } from '../../../model/run-context.ts';
import type { Place } from '../../../model/observation.ts';
import { asEvidence, judgeReach } from '../../judges.ts';
import type { Judgement, Planned, ResultOf } from '../../planned-probe.ts';
import { directly } from '../../plans/crossing.ts';
import { pairsOf } from '../../plans/pairs.ts';
import { NEED_NOT_BE_OPEN } from './controls.ts';

/** On every node a kubelet listens here; whether others than servers may reach it is the cluster's choice. */
const KUBELET_PORT = 10_250;
/** It answers nobody without a certificate; any answer shows that it is alive. */
const PATH = '/healthz';

type Asking = Pick<Planned, 'suite' | 'pathClass' | 'source' | 'destination' | 'crosses'> & { ip: string };

/** Where each node's kubelet is asked from: the nodes paired with it, also where no probe of ours runs there. */
function askings(context: RunContext): Asking[] {
  const addresses = new Map(context.topology.nodes.map(({ name, internalIp }) => [name, internalIp]));
  return pairsOf(context).flatMap(([from, to]): Asking[] => {
    const asking = podOf(context, from, 'host');
    const ip = addresses.get(to);
    if (!asking || !ip) return [];
    const source: Place = { network: 'host', node: from, pod: asking.pod, ip: asking.ip };
    const destination: Place = { network: 'host', node: to, ip, port: KUBELET_PORT };
    const crosses = directly(source, destination, 'small');
    return [{ suite: 'overlay', pathClass: 'host-host', source, destination, crosses, ip }];
  });
}

const judgeAnswer = (results: ResultOf<'http'>[]): Judgement<'http'> => {
  const { got, ...reached } = judgeReach(results);
  const answer = { status: got.status, ...(got.lost !== undefined && { lost: got.lost }) };
  return asEvidence({ ...reached, got: answer }, NEED_NOT_BE_OPEN);
};

/** Each node's kubelet by a connection alone. */
export const planKubelets = (context: RunContext): Planned<'tcp'>[] =>
  askings(context).map(({ ip, ...asking }) => ({
    ...asking,
    kind: 'tcp',
    role: 'control-kubelet',
    asked: { protocol: 'tcp' },
    specs: [{ kind: 'tcp', host: ip, port: KUBELET_PORT, timeoutMs: context.settings.timeoutMs }],
    judge: (results) => asEvidence(judgeReach(results), NEED_NOT_BE_OPEN),
  }));

/** Each node's kubelet once by TLS: one that is stopped still takes connections. */
export function planKubeletAnswers(context: RunContext): Planned<'http'>[] {
  const { timeoutMs } = context.settings;
  const once = new Map(askings(context).map((asking) => [asking.destination.node, asking]));
  return [...once.values()].map(({ ip, ...asking }) => ({
    ...asking,
    kind: 'http',
    role: 'kubelet-tls',
    asked: { protocol: 'https', path: PATH },
    specs: [{ kind: 'http', host: ip, port: KUBELET_PORT, timeoutMs, tls: true, anyCertificate: true, path: PATH }],
    judge: judgeAnswer,
  }));
}
