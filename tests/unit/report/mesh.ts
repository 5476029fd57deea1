import type { PathClass, ProbeObservation } from '../../../helpers/model/observation.ts';

export const NODES: [string, string, string] = ['k3s-master-01', 'k3s-worker-01', 'k3s-worker-02'];

const at = '2026-03-01T10:00:00.000Z';

export type Failing = (probe: {
  from: string;
  to: string;
  pathClass: PathClass;
  kind: ProbeObservation['kind'];
}) => boolean;

const podIp = (node: string) => `10.42.${NODES.indexOf(node)}.2`;
const hostIp = (node: string) => `10.0.0.${110 + NODES.indexOf(node)}`;

export function probe(fields: Partial<ProbeObservation> & { id: string }): ProbeObservation {
  return {
    v: 1,
    type: 'probe',
    suite: 'pod-to-pod',
    kind: 'tcp',
    role: 'tcp-small',
    source: {},
    destination: {},
    asked: { protocol: 'tcp' },
    verdict: 'pass',
    attempts: 1,
    succeeded: fields.verdict === undefined || fields.verdict === 'pass' ? 1 : 0,
    durationMs: 3,
    got: {},
    at,
    ...fields,
  };
}

/**
 * The mesh of a small cluster as the suites observe it: every ordered pair and every node with itself, in two path
 * classes, over TCP and UDP.
 */
export function mesh(
  failing: Failing = () => false,
  pathClasses: PathClass[] = ['pod-pod', 'host-host'],
): ProbeObservation[] {
  const observations: ProbeObservation[] = [];
  for (const pathClass of pathClasses) {
    const [sourceNetwork, targetNetwork] = pathClass.split('-').map((name) => (name === 'pod' ? 'pod' : 'host'));
    for (const from of NODES) {
      for (const to of NODES) {
        for (const kind of ['tcp', 'udp-echo'] as const) {
          const fails = failing({ from, to, pathClass, kind });
          observations.push(
            probe({
              id: `p${observations.length + 1}`,
              kind,
              role: kind === 'tcp' ? 'tcp-small' : 'udp-small',
              pathClass,
              source: { network: sourceNetwork, node: from, ip: sourceNetwork === 'pod' ? podIp(from) : hostIp(from) },
              destination: {
                network: targetNetwork,
                node: to,
                ip: targetNetwork === 'pod' ? podIp(to) : hostIp(to),
                port: targetNetwork === 'pod' ? 8377 : 18377,
              },
              asked: { protocol: kind === 'tcp' ? 'tcp' : 'udp', payloadBytes: 64 },
              attempts: kind === 'tcp' ? 1 : 10,
              succeeded: fails ? 0 : kind === 'tcp' ? 1 : 10,
              verdict: fails ? 'fail' : 'pass',
              ...(fails && { errorKind: 'timeout' as const, reason: 'timeout after 2000 ms' }),
            }),
          );
        }
      }
    }
  }
  return observations;
}

/** The incident: UDP 8472 is dropped between the nodes, so pods reach pods of their own node only. */
export const overlayOutage: Failing = ({ from, to, pathClass }) => pathClass === 'pod-pod' && from !== to;
