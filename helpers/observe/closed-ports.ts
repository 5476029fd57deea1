import { familyOf } from '../model/family.ts';
import { asksOwnPort } from '../model/own-ports.ts';
import type { ErrorKind, ProbeObservation } from '../model/observation.ts';

/** What a port needs to be judged by, before or after it is recorded. */
type Asked = Pick<
  ProbeObservation,
  'role' | 'source' | 'destination' | 'asked' | 'verdict' | 'errorKind' | 'reason' | 'succeeded'
>;

/** How a port ends that a firewall closes, or that nobody holds. What else goes wrong at a port is no closed port. */
const CLOSED: ReadonlySet<ErrorKind> = new Set(['timeout', 'no-reply', 'refused', 'reset', 'prohibited', 'no-route']);

const isClosed = ({ verdict, errorKind, succeeded }: Asked): boolean =>
  verdict === 'fail' && succeeded === 0 && errorKind !== undefined && CLOSED.has(errorKind);

const portOf = ({ destination, asked }: Asked): string =>
  `${destination.node} ${asked.protocol} ${familyOf(destination.ip ?? '')}`;
const wayOf = (probe: Asked): string => `${probe.source.node} ${portOf(probe)}`;
const nodePortOf = ({ destination: { ip, port } }: Asked): string => `${ip} ${port}`;

/**
 * Turns what is only a closed port that nothing of the cluster needs into evidence: a port of Netwright's own at a node
 * that answers nothing of what the asking node sends it, and a NodePort that a node is not let in to and that answers
 * from outside. Where such a port answers anything, it is open, and what fails there fails. A node's own pods are
 * judged by whether other nodes are answered: what lets in others and not them is no list of ports. Pure; takes what a
 * suite observed together.
 */
export function closedPortsAsEvidence<T extends Asked>(probes: readonly T[]): T[] {
  const own = probes.filter(asksOwnPort);
  const answered = new Set(own.filter(({ succeeded }) => succeeded > 0).map(wayOf));
  const fromOthers = own.filter(({ source, destination }) => source.node !== destination.node);
  const asked = new Set(fromOthers.map(portOf));
  const openToOthers = new Set(fromOthers.filter(({ succeeded }) => succeeded > 0).map(portOf));
  const openOutside = new Set(
    probes.filter(({ role, verdict }) => role === 'from-runner' && verdict === 'pass').map(nodePortOf),
  );
  const needNotBeOpen = (probe: T): boolean => {
    if (probe.role === 'from-node') return openOutside.has(nodePortOf(probe));
    if (!asksOwnPort(probe)) return false;
    return probe.source.node === probe.destination.node
      ? asked.has(portOf(probe)) && !openToOthers.has(portOf(probe))
      : !answered.has(wayOf(probe));
  };
  return probes.map((probe) =>
    isClosed(probe) && needNotBeOpen(probe)
      ? { ...probe, verdict: 'evidence', reason: `need not be open: ${probe.reason ?? probe.errorKind}` }
      : probe,
  );
}
