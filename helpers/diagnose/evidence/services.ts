import type { Evidence } from '../../model/finding.ts';
import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { Firewall } from '../firewall/index.ts';
import { qualified, type SeenService } from '../view/cluster.ts';
import type { View } from '../view/view.ts';
import { ids, networkFailures, say } from './support.ts';
import { answeredOf } from '../view/answers.ts';

/** How a node fares with Services by their own addresses, beside the endpoints by theirs. */
export interface Translation {
  node: string;
  /** Probes of ClusterIPs, the DNS Service among them. */
  probes: ProbeObservation[];
  failed: ProbeObservation[];
  passed: ProbeObservation[];
  /** Every endpoint that was asked by its own address answered, and at least one was. */
  endpointsPass: boolean;
  services: string[];
}

/** Kube-proxy's mode nftables refuses itself what is for the range of Services and was not translated. */
const refusals = (probes: ProbeObservation[]): ProbeObservation[] =>
  probes.filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === 'refused');

/** Of every node, or of its pods or its own network alone. */
export function translations(view: View, network?: 'pod' | 'host'): Translation[] {
  return view.nodes.map((node): Translation => {
    const own = view.probes.filter(
      ({ source }) => source.node === node && (network === undefined || source.network === network),
    );
    const probes = own.filter(
      ({ suite, role, destination }) =>
        (suite === 'cluster-ip' && role === 'service') ||
        (suite === 'coredns' && destination.node === undefined && (role === 'service-name' || role === 'service-srv')),
    );
    const endpoints = own.filter(({ role }) => role === 'endpoint' || role === 'replica-name');
    return {
      node,
      probes,
      failed: [...networkFailures(probes), ...refusals(probes)].filter(
        (probe) => probe.succeeded === 0 && answeredOf(probe) === 0,
      ),
      passed: probes.filter(({ verdict }) => verdict === 'pass'),
      endpointsPass: endpoints.some(({ verdict }) => verdict === 'pass') && networkFailures(endpoints).length === 0,
      services: [...new Set(probes.flatMap(({ destination }) => destination.name ?? []))].toSorted(),
    };
  });
}

/** Nodes on which no Service answers by its address though every endpoint answers by its own. */
export const untranslated = (view: View, network?: 'pod' | 'host'): Translation[] =>
  translations(view, network).filter(
    ({ probes, failed, endpointsPass, services }) =>
      probes.length > 1 &&
      failed.length === probes.filter(isJudged).length &&
      failed.length > 1 &&
      endpointsPass &&
      services.length > 1,
  );

/** Whether a probe asks for Netwright's own Service, which a node does not know whose proxy ended before the run. */
const isOfOwn = (view: View, probe: ProbeObservation): boolean =>
  view.cluster.services.some(
    (service) => service.value.isOwn === true && qualified(service) === view.path(probe).service,
  );

/**
 * Nodes whose pods reach no Service by its address though they reach every endpoint, and which reach the Services
 * themselves, but for one that is new.
 */
export function untranslatedForPods(view: View): Translation[] {
  const sound = new Set(
    translations(view, 'host')
      .filter(({ failed, passed }) => failed.every((probe) => isOfOwn(view, probe)) && passed.length > 0)
      .map(({ node }) => node),
  );
  return untranslated(view, 'pod').filter(({ node }) => sound.has(node));
}

/** What is seen of such a node. */
export const sayForPods = ({ node, failed }: Translation): Evidence =>
  say(
    `the pods of ${node} reach none of the Services by their address (${failed.length} fail), and every endpoint ` +
      `by its own; ${node} itself reaches them`,
    ...ids(failed).slice(0, 20),
  );

/** Failed probes that depend on a Service. */
export const failuresOf = (view: View, service: SeenService): ProbeObservation[] =>
  view.failing.filter((probe) => view.path(probe).service === qualified(service));

/** The rules of a node, with the observations in which they stand; undefined where none were read. */
export function rulesOf(view: View, node: string): { firewall: Firewall; ids: string[] } | undefined {
  const { firewall, rulesets } = view.ssh(node);
  return firewall && { firewall, ids: rulesets };
}
