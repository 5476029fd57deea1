import { isJudged, type ProbeObservation } from '../../../model/observation.ts';
import { deafOnLink } from '../../evidence/deaf-on-link.ts';
import { linesOf, WALKED_SETS } from '../../evidence/stopped.ts';
import { count, ids, networkFailures, placeOf, say, verifyRun } from '../../evidence/support.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { provedIf } from '../../match.ts';
import { heard } from '../../view/pairs.ts';
import type { View } from '../../view/view.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

interface Asked {
  /** From where Netwright runs, at the node's own ports. */
  outside: ProbeObservation[];
  /** From other nodes, at the same ports of its own address. */
  inside: ProbeObservation[];
}

/** What came of a node's own address. */
function askedOf(view: View, node: string): Asked {
  const own = view.probes.filter(
    ({ destination, verdict }) => destination.node === node && destination.network === 'host' && isJudged({ verdict }),
  );
  const outside = own.filter(({ source }) => source.network === 'runner');
  const ports = portsOf(outside);
  return {
    outside,
    inside: own.filter(
      ({ source, destination }) =>
        source.node !== undefined && source.node !== node && ports.includes(destination.port ?? 0),
    ),
  };
}

function portsOf(probes: readonly ProbeObservation[]): number[] {
  return [...new Set(probes.flatMap(({ destination }) => destination.port ?? []))].toSorted((a, b) => a - b);
}

/** Whether neither a node's ingress ports answer nor its NodePorts: those of one kind may be closed by themselves. */
const isSilent = ({ outside }: Asked): boolean =>
  outside.some(({ role }) => role === 'worker') &&
  outside.some(({ role }) => role !== 'worker') &&
  !outside.some((probe) => heard(probe)) &&
  networkFailures(outside).length === outside.length;

interface Silent extends Asked {
  node: string;
}

/** Nodes that answer other nodes at these ports, each time, and nobody outside. */
const silentNodes = (view: View): Silent[] =>
  view.nodes
    .map((node) => ({ node, ...askedOf(view, node) }))
    .filter(
      (each) => isSilent(each) && each.inside.length > 0 && each.inside.every(({ verdict }) => verdict === 'pass'),
    );

/** Whether a line of the node's own stops them: that has a name of its own, with the line. */
const isStoppedByLine = (view: View, node: string, outside: readonly ProbeObservation[]): boolean =>
  linesOf(view).some(
    (line) => line.node === node && line.doubt === undefined && outside.some((probe) => line.touched.includes(probe)),
  );

/** Nothing of a node answers where Netwright runs, and it answers other nodes at the same address. */
export const nodeUnreachableFromOutside: CatalogueEntry = {
  code: 'node-unreachable-from-outside',
  title: (locations) => `nothing of the node answers from outside of the cluster: ${placeOf(locations)}`,
  layer: 'node-port',
  dependsOn: [nodeNotReadyEndpoints],
  sets: WALKED_SETS,
  // Proved as it is, it is told by its line where the node has one.
  asks: (view) =>
    silentNodes(view).map(({ node }) => ({
      kind: 'ssh-facts',
      node,
      sets: WALKED_SETS,
      why: 'a line of the node may keep those outside from it',
    })),
  match: (view) => {
    const answering = view.nodes
      .map((node) => ({ node, passing: askedOf(view, node).outside.filter(({ verdict }) => verdict === 'pass') }))
      .find(({ passing }) => passing.length > 0);
    return silentNodes(view).flatMap(({ node, outside, inside }): Match[] => {
      if (isStoppedByLine(view, node, outside)) return [];
      const other = view.nodes.find((name) => name !== node) ?? '';
      const deaf = deafOnLink(view, node, other);
      return [
        // Where no node answers, Netwright may stand where no way leads to them.
        provedIf(answering && !view.losesAPart, {
          at: { node },
          evidence: [
            say(
              `${node} answers nothing from outside (${count(outside.length, 'probe')} at ` +
                `${portsOf(outside).join(', ')}), and other nodes at the same address`,
              ...ids(outside),
              ...ids(inside).slice(0, 5),
            ),
            ...deaf.map(({ text, ids: cited }) => say(text, ...cited)),
            answering && say(`${answering.node} answers from outside`, ...ids(answering.passing).slice(0, 3)),
          ],
          impact: [
            {
              kind: 'probes',
              ids: ids([...outside, ...view.failing.filter(({ role }) => role === 'load-balancer')]),
            },
          ],
          basis: outside,
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Let those outside come to the address: look at the firewall before the node, at the route that leads to it ' +
        'and back, and at what keeps the node from answering ARP (arp_ignore, NOARP, arptables).',
    },
  ],
  verify: ({ node }) => verifyRun('node-port', `${node} answers from outside`),
  parts: ({ node }) =>
    `ssh ${node} "tcpdump -nni any 'arp or tcp[tcpflags] & tcp-syn != 0'" # while it is asked from outside: ` +
    'silence is before the node, questions without an answer are on it',
};
