import type { Location } from '../../../model/finding.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { keptForAnObject, reasonsAt, type CalicoChain } from '../../evidence/calico-rules.ts';
import { stoppedBy, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf, say } from '../../evidence/support.ts';
import type { View } from '../../view/view.ts';
import { calicoFelixStopped } from '../host/calico-felix-stopped.ts';
import { networkPolicyDenies } from '../pod/network-policy-denies.ts';
import { nodeNotReadyEndpoints } from './node-not-ready-endpoints.ts';

const STOPS = new Set(['dropped', 'refused']);
/** They have a better name for some of felix' lines. */
const SPECIAL = [networkPolicyDenies, calicoFelixStopped];

const kindsAt = (view: View, locations: readonly Location[]): Set<CalicoChain> =>
  new Set(locations.flatMap(({ node = '' }) => reasonsAt(view, node).map(({ kind }) => kind)));

const ADVICE: Record<CalicoChain, string> = {
  host:
    'Give the HostEndpoint a GlobalNetworkPolicy that selects it and allows what nodes need of each other (TCP 6443, ' +
    '10250, the ingress, the overlay), or delete the HostEndpoint: without a policy only failsafe ports pass.',
  policy: 'Take the rule that denies them out of the policy, or allow them in one of a lower order.',
  pod: 'Allow the clients in the policy that selects the pod, or in one of a lower order.',
  'to-host':
    'Set defaultEndpointToHostAction to Accept in the FelixConfiguration default, or allow what pods need of their ' +
    'node by a policy for its HostEndpoint.',
};

/** felix, Calico's agent, drops what must pass, as a policy or an endpoint of Calico's tells it to. */
export const calicoPolicyDrops: CatalogueEntry = {
  code: 'calico-policy-drops',
  title: (locations, view) => {
    const kinds = kindsAt(view, locations);
    const whose = kinds.has('host') ? 'HostEndpoint' : kinds.has('pod') || kinds.has('policy') ? 'policy' : 'rule';
    return `Calico's ${whose} drops packets that must pass: ${placeOf(locations)}`;
  },
  layer: 'node',
  reads: 'ipv4',
  dependsOn: [],
  yieldsTo: [nodeNotReadyEndpoints],
  sets: WALKED_SETS,
  match: (view) =>
    // Each pod has lines of its own, so that of a policy's many each stops a few.
    stoppedBy(view, STOPS, SPECIAL, { isOwn: keptForAnObject, countsAll: true }).map((match): Match => {
      const { node = '' } = match.location;
      const reasons = reasonsAt(view, node);
      const isOfNode = reasons.some(({ kind }) => kind === 'host');
      return {
        ...match,
        evidence: [...reasons.map(({ text }) => say(text)), ...match.evidence],
        // It stands before all that the node itself sends and takes.
        impact: [...match.impact, ...(isOfNode ? [{ kind: 'node' as const, node }] : [])],
      };
    }),
  remedy: (view, locations) => [...kindsAt(view, locations)].map((kind) => ({ text: ADVICE[kind] })),
  shows: 'no endpoint or policy that leaves out what must pass',
  verify: () => LISTING,
  parts: ({ node = 'NODE' }) => `ssh ${node} 'iptables-save -c' | grep cali-; ${LISTING}`,
};

const LISTING =
  'kubectl get hostendpoints.crd.projectcalico.org,globalnetworkpolicies.crd.projectcalico.org,' +
  'networkpolicies.crd.projectcalico.org -A -o yaml';
