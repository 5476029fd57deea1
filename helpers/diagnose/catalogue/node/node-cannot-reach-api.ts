import type { ApiServerWay } from '../../../model/facts/kubelet.ts';
import type { Evidence, Location } from '../../../model/finding.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { lineTo, serverOf } from '../../evidence/api-way.ts';
import { oddCards } from '../../evidence/odd-mtu.ts';
import { complaints, failedAt, sickAt, sickNodes, type SickNode } from '../../evidence/sick-nodes.ts';
import { count, placeOf, say } from '../../evidence/support.ts';
import { candidate, proved } from '../../match.ts';
import type { View } from '../../view/view.ts';
import { kubeletCertificateOrClock } from './kubelet-certificate-or-clock.ts';
import { kubeletDown } from './kubelet-down.ts';

/** What a client of the API logs that gets no answer of it. */
const UNHEARD = new RegExp(
  [
    String.raw`dial tcp \S+: (?:i/o timeout|connect: \w[\w ]+)`,
    'TLS handshake timeout',
    String.raw`Client\.Timeout exceeded`,
    'context deadline exceeded',
    'http2: client connection lost',
  ].join('|'),
);
/** Of K3s and kubeadm, where nothing else is said. */
const API_PORT = 6443;
/** One may be of a server that was just started anew. */
const CERTAIN_COMPLAINTS = 2;
/** curl's own: no connection, and too late. */
const EXIT_WORDS: Readonly<Record<number, string>> = {
  6: 'its name is not resolved',
  7: 'no connection',
  28: 'no answer in time',
};

type Tried = NonNullable<ApiServerWay['small']>;
/** A try that was made and got no answer. */
const failed = (tried: Tried | undefined): Tried | undefined => (tried?.status === undefined ? tried : undefined);
const wordsOf = ({ exit, words }: Tried): string =>
  words?.replace(/^curl: \(\d+\) /, '') ?? EXIT_WORDS[exit] ?? `exit ${exit}`;

/** What was tried from the node itself. */
function triedThere({ node, way }: SickNode): { text: string; ids: string[]; isSize: boolean } | undefined {
  if (!way) return undefined;
  const { small, large, server } = way.value;
  const [noAnswer, noLarge] = [failed(small), failed(large)];
  if (noAnswer) {
    const isMade = noAnswer.connected ? ', though the connection is made' : '';
    return { text: `${node} gets no answer of ${server}${isMade}: ${wordsOf(noAnswer)}`, ids: [way.id], isSize: false };
  }
  if (small && noLarge)
    return {
      text:
        `a small request of ${node} to ${server} is answered (${small.status}), one of 3,000 bytes is not: ` +
        `${wordsOf(noLarge)}; packets of full size are lost on the way`,
      ids: [way.id],
      isSize: true,
    };
  return undefined;
}

/** Where it sends what is for the API server, and which of its own lines stops that. */
function whereTo(view: View, { node, way }: SickNode): Match['evidence'] {
  const server = way && serverOf(view, way);
  if (!way || !server) return [];
  const line = lineTo(view, node, server);
  const isAddress = /^[\d.:a-f]+$/.test(server.host);
  return [
    ...(isAddress && server.nodes.length === 0
      ? [say(`${server.host} is the address of no node of the cluster`, way.id)]
      : []),
    ...(line ? [say(`its own state stops it: ${line.text}`, ...line.ids)] : []),
  ];
}

/**
 * A card that takes less than those of all others: what is sent to it on connections of before, in packets of the
 * others' size, is lost, while what is tried now agrees on a smaller size at its start.
 */
function ofSize(view: View, node: string): Evidence | undefined {
  const odd = oddCards(view).find((each) => each.node === node && each.mtu < each.usual);
  return (
    odd &&
    say(
      `${odd.card} of ${node} has MTU ${odd.mtu}, the cards of all other nodes have ${odd.usual}: larger packets to ` +
        'it are lost, as on connections that were made before',
      ...odd.cited,
    )
  );
}

function matchOf(view: View, sick: SickNode): Match[] {
  const { node, info, words, isTold, port, alive, log } = sick;
  if (isTold || sick.kubelet?.state.startsWith('T') || (sick.agents && !sick.kubelet)) return [];
  const tried = triedThere(sick);
  const said = complaints(sick, UNHEARD);
  // The way as tried just now is better than what was logged before.
  const answers = sick.way?.value.small?.status !== undefined;
  const size = ofSize(view, node);
  const isLogged = said.length >= CERTAIN_COMPLAINTS && (!answers || size !== undefined);
  const heard = say(`Kubernetes says of ${node}: ${words}`, info.id);
  const logged = said[0] !== undefined && say(`its kubelet's log: ${said[0]} (${count(said.length, 'line')})`, log?.id);
  if (tried || isLogged)
    return [
      proved({
        at: { node },
        evidence: [tried && say(tried.text, ...tried.ids), size, ...whereTo(view, sick), logged, heard],
        impact: [{ kind: 'node', node }],
        basis: failedAt(view, node),
      }),
    ];
  // A kubelet that answers others and is not heard: who keeps it from the API server is seen on the node alone.
  if (port?.state !== 'answers' || (answers && !size)) return [];
  return [
    candidate({
      at: { node },
      evidence: [
        say(`the kubelet of ${node} answers at its port, and does not report`, ...port.ids, ...alive.slice(0, 2)),
        size,
        logged,
        heard,
      ],
      impact: [{ kind: 'node', node }],
      basis: [],
    }),
  ];
}

/** Where its kubelet asks; where that was not read, the first server of the cluster that is known. */
function serverAsked(view: View, location: Location): string | undefined {
  const told = sickAt(view, [location]).flatMap(({ way }) => (way ? [way.value.server] : []))[0];
  const server = [...view.cluster.nodes.values()].find(({ value: { role } }) => role === 'server')?.value.internalIp;
  if (told !== undefined || server === undefined) return told;
  return `https://${server.includes(':') ? `[${server}]` : server}:${API_PORT}`;
}

/** A node lives, its kubelet runs, and nothing that it sends comes to the API server: it counts as not Ready. */
export const nodeCannotReachApi: CatalogueEntry = {
  code: 'node-cannot-reach-api',
  title: (locations, view) => {
    const isSize = sickAt(view, locations).some(
      (sick) => triedThere(sick)?.isSize ?? ofSize(view, sick.node) !== undefined,
    );
    return `the node does not reach the API server${isSize ? ' with packets of full size' : ''}: ${placeOf(locations)}`;
  },
  layer: 'node',
  dependsOn: [],
  yieldsTo: [kubeletDown, kubeletCertificateOrClock],
  // The rest is asked of nodes that are not Ready alone.
  sets: ['node-agents'],
  match: (view) => sickNodes(view).flatMap((sick) => matchOf(view, sick)),
  remedy: (view, locations) => {
    const addresses = new Set(sickAt(view, locations).flatMap(({ way }) => (way ? [way.value.server] : [])));
    return [
      {
        text:
          `Let the node come to ${addresses.size > 0 ? [...addresses].join(', ') : 'the API server (TCP 6443)'}: ` +
          'its own rules for what it sends, filters between, and the address itself (K3s: server in ' +
          '/etc/rancher/k3s/config.yaml or K3S_URL; kubeadm: server in /etc/kubernetes/kubelet.conf). Where only ' +
          'packets of full size are lost, give the card the size that the way carries.',
      },
      { provider: 'hetzner', text: 'a Cloud Firewall of the servers must list TCP 6443 from the nodes’ addresses.' },
    ];
  },
  shows: (location, view) => (serverAsked(view, location) === undefined ? 'Ready' : 'an answer, if only 401'),
  verify: (location, view) => {
    const server = serverAsked(view, location);
    return server === undefined
      ? `kubectl get node ${location.node}`
      : `ssh ${location.node} curl -skm 3 ${server}/version -o /dev/null -w '%{http_code}'`;
  },
  parts: (location, view) => {
    const server = serverAsked(view, location);
    const tried = server === undefined ? '' : `curl -skvm 3 ${server}/version; `;
    return `ssh ${location.node} '${tried}journalctl -u k3s-agent -u kubelet -n 30'`;
  },
};
