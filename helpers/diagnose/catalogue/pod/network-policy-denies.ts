import { isJudged } from '../../../model/observation.ts';
import { enforcesPolicies } from '../../../model/overlay.ts';
import { OTHER_KINDS } from '../../../model/policy-kinds.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { deniedServices, withoutK3sPolicies } from '../../evidence/denied.ts';
import { distinct, ids, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { kubeRouterPolicyLeftOver } from '../host/kube-router-policy-left-over.ts';
import { candidate, provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';

/** Whether a policy's labels are all among a pod's. */
const isIn = (labels: Record<string, string>, own: Record<string, string>): boolean =>
  Object.entries(labels).every(([key, value]) => own[key] === value);

/**
 * The ingress gives no answer by any way that leads to its pods, and a policy selects those: what hardening guides put
 * into kube-system lets only its own pods and DNS in. Another filter would look the same, so it is never proved.
 */
function atIngress(view: View): Match[] {
  const own = view.cluster.ingressPods.filter(({ value }) => !value.hostNetwork && value.serviceLb === undefined);
  const selecting = view.facts.last('network-policies').flatMap(({ value, id }) =>
    value
      .filter(
        // Of other kinds it is not known what they select.
        ({ kind, namespace, labels }) =>
          kind === undefined && own.some((pod) => pod.value.namespace === namespace && isIn(labels, pod.value.labels)),
      )
      .map((policy) => ({ policy, id })),
  );
  const asked = view.probes.filter(({ suite, verdict }) => suite === 'ingress' && isJudged({ verdict }));
  const silent = networkFailures(asked);
  const service = view.facts.last('ingress-service').at(-1)?.value;
  const isSilent = silent.length > 0 && silent.length === asked.filter(({ verdict }) => verdict === 'fail').length;
  if (selecting.length === 0 || !isSilent || !service) return [];
  return [
    candidate({
      at: { service: `${service.namespace}/${service.name}` },
      evidence: [
        say(`the ingress gives no answer by ${silent.length} ways in`, ...ids(silent).slice(0, 12)),
        say(
          `its pods are selected by the policy ${distinct(selecting.map(({ policy }) => policy.name)).join(', ')} of ` +
            service.namespace,
          ...selecting.map(({ id }) => id),
        ),
      ],
      impact: [{ kind: 'probes', ids: ids(silent) }],
      basis: silent,
    }),
  ];
}

/** The command that lists what policies hold for a Service's pods; the namespace is of no account to the cluster's. */
function listing(view: View, service: string | undefined): string {
  const kinds = new Set(view.facts.last('network-policies').flatMap(({ value }) => value.map(({ kind }) => kind)));
  const others = Object.values(OTHER_KINDS).filter(({ kind }) => kinds.has(kind));
  const resources = ['networkpolicies.networking.k8s.io', ...others.map(({ plural, group }) => `${plural}.${group}`)];
  return `kubectl get ${others.length > 0 ? resources.join() : 'networkpolicies'} -n ${service?.split('/')[0]}`;
}

/** A policy keeps pods, or other nodes, from reaching the pods that it selects. */
export const networkPolicyDenies: CatalogueEntry = {
  code: 'network-policy-denies',
  title: (locations) => `a network policy keeps traffic from the Service's pods: ${placeOf(locations)}`,
  layer: 'pod',
  dependsOn: [nodeNotReadyEndpoints, kubeRouterPolicyLeftOver],
  sets: ['iptables-save'],
  match: (view) => {
    const isEnforced = enforcesPolicies(view.cluster.overlay?.value) || withoutK3sPolicies(view) === undefined;
    const denied = deniedServices(view).flatMap((service): Match[] => {
      const { name, nodes, basis, impact, text, isGuarded, policies, shutBy } = service;
      const isNamed = policies.length > 0 || shutBy !== undefined;
      if (!isEnforced && !isNamed) return [];
      return [
        provedIf(isNamed && isEnforced && !isGuarded, {
          at: { service: name },
          evidence: [
            say(
              shutBy ? `${text}: the policy ${shutBy.names.join(', ')} lets nobody in` : text,
              shutBy?.id,
              ...basis.slice(0, 20),
            ),
            !shutBy &&
              policies.length > 0 &&
              say(
                `the namespace has the policy ${policies.map(({ policy }) => policy.name).join(', ')}`,
                ...policies.map(({ id }) => id),
              ),
          ],
          impact,
          basis,
          nodes,
        }),
      ];
    });
    return [...denied, ...atIngress(view)];
  },
  remedy: () => [
    {
      text:
        'Allow the clients in the policy: pods by namespace and label, host-network clients (an ingress controller) ' +
        'by the addresses of nodes and tunnels.',
    },
  ],
  shows: 'the clients among those who are let in',
  verify: ({ service }, view) => `${listing(view, service)} -o yaml`,
  parts: ({ service }, view) => listing(view, service),
};
