import type { PathClass, ProbeObservation } from '../../../helpers/model/observation.ts';
import { probeOf, type Fields } from '../../support/observations.ts';

export const NODES: [string, string, string] = ['k3s-master-01', 'k3s-worker-01', 'k3s-worker-02'];

export type Failing = (probe: {
  from: string;
  to: string;
  pathClass: PathClass;
  kind: ProbeObservation['kind'];
}) => boolean;

const podIp = (node: string) => `10.42.${NODES.indexOf(node)}.2`;
const hostIp = (node: string) => `10.0.0.${110 + NODES.indexOf(node)}`;

/** A small TCP probe, unless it says otherwise. */
export const probe = (fields: Fields<'payload'> & { id: string }): ProbeObservation => probeOf('payload', fields);

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
    const [sourceNetwork, targetNetwork] = pathClass.split('-') as ['pod' | 'host', 'pod' | 'host'];
    for (const from of NODES) {
      for (const to of NODES) {
        for (const kind of ['payload', 'udp-echo'] as const) {
          const fails = failing({ from, to, pathClass, kind });
          const fields = {
            id: `p${observations.length + 1}`,
            pathClass,
            source: { network: sourceNetwork, node: from, ip: sourceNetwork === 'pod' ? podIp(from) : hostIp(from) },
            destination: {
              network: targetNetwork,
              node: to,
              ip: targetNetwork === 'pod' ? podIp(to) : hostIp(to),
              port: targetNetwork === 'pod' ? 8377 : 18377,
            },
            verdict: fails ? ('fail' as const) : ('pass' as const),
            ...(fails && { errorKind: 'timeout' as const, reason: 'timeout after 2000 ms' }),
          };
          observations.push(
            kind === 'payload'
              ? probeOf('payload', fields)
              : probeOf('udp-echo', { ...fields, attempts: 10, succeeded: fails ? 0 : 10 }),
          );
        }
      }
    }
  }
  return observations;
}

/** The incident: UDP 8472 is dropped between the nodes, so pods reach pods of their own node only. */
export const overlayOutage: Failing = ({ from, to, pathClass }) => pathClass === 'pod-pod' && from !== to;
