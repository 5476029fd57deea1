import type { Evidence } from '../../model/finding.ts';
import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import { CHANCE_OF_ENDPOINTS } from '../../model/thresholds.ts';
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
  /** Endpoints that were asked by their own address, of Services or of the DNS Service. */
  endpoints: EndpointsAsked;
  /**
   * So likely it is that Services fail as they do by the endpoints alone that do not answer: each asked Service leads
   * to one of its own by chance. 0 where every endpoint answers, 1 where none was asked.
   */
  chance: number;
  services: string[];
}

interface EndpointsAsked {
  passed: number;
  lost: number;
}

/** Kube-proxy's mode nftables refuses itself what is for the range of Services and was not translated. */
const refusals = (probes: ProbeObservation[]): ProbeObservation[] =>
  probes.filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === 'refused');

/** Of the endpoints behind each Service how many answered by their own address, by the Service's name. */
function endpointsBehind(view: View, own: readonly ProbeObservation[]): Map<string, EndpointsAsked> {
  const [dns] = own.flatMap(({ suite, role, destination }) =>
    suite === 'coredns' && role === 'service-name' ? (destination.name ?? []) : [],
  );
  const asked = own.filter(({ role }) => role === 'endpoint' || role === 'replica-name');
  const byService = Map.groupBy(asked, (probe) =>
    probe.role === 'replica-name' ? dns : (view.path(probe).service ?? probe.destination.name),
  );
  return new Map(
    [...byService].flatMap(([service, probes]): [string, EndpointsAsked][] => {
      const lost = networkFailures(probes).length;
      const passed = probes.filter(({ verdict }) => verdict === 'pass').length;
      return service === undefined ? [] : [[service, { passed, lost }]];
    }),
  );
}

/**
 * How likely so many probes of Services are lost where each is led to an endpoint by chance. A probe is one draw: with
 * session affinity all of its connections go to one endpoint.
 */
function chanceOf(failed: readonly ProbeObservation[], behind: ReadonlyMap<string, EndpointsAsked>): number {
  return failed.reduce((chance, { destination }) => {
    const { passed, lost } = behind.get(destination.name ?? '') ?? { passed: 0, lost: 0 };
    return passed + lost === 0 ? chance : (chance * lost) / (passed + lost);
  }, 1);
}

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
    const failed = [...networkFailures(probes), ...refusals(probes)].filter(
      (probe) => probe.succeeded === 0 && answeredOf(probe) === 0,
    );
    const behind = endpointsBehind(view, own);
    const all = [...behind.values()];
    return {
      node,
      probes,
      failed,
      passed: probes.filter(({ verdict }) => verdict === 'pass'),
      endpoints: {
        passed: all.reduce((sum, { passed }) => sum + passed, 0),
        lost: all.reduce((sum, { lost }) => sum + lost, 0),
      },
      chance: chanceOf(failed, behind),
      services: [...new Set(probes.flatMap(({ destination }) => destination.name ?? []))].toSorted(),
    };
  });
}

/** Whether Services may fail there by the endpoints alone that do not answer. */
const mayBeEndpoints = ({ endpoints, chance }: Translation): boolean =>
  endpoints.lost > 0 && chance >= CHANCE_OF_ENDPOINTS;

/** Nodes on which no Service answers by its address though endpoints answer by their own: every one, or enough. */
export const untranslated = (view: View, network?: 'pod' | 'host'): Translation[] =>
  translations(view, network).filter((translation) => {
    const { probes, failed, endpoints, services } = translation;
    return (
      probes.length > 1 &&
      failed.length === probes.filter(isJudged).length &&
      failed.length > 1 &&
      endpoints.passed > 0 &&
      !mayBeEndpoints(translation) &&
      services.length > 1
    );
  });

/** Whether a probe asks for Netwright's own Service, which a node does not know whose proxy ended before the run. */
const isOfOwn = (view: View, probe: ProbeObservation): boolean =>
  view.cluster.services.some(
    (service) => service.value.isOwn === true && qualified(service) === view.path(probe).service,
  );

/**
 * Nodes whose pods reach no Service by its address though they reach endpoints, and which reach them themselves, but
 * for one that is new, and what an endpoint out of reach explains.
 */
export function untranslatedForPods(view: View): Translation[] {
  const sound = new Set(
    translations(view, 'host')
      .filter(
        (own) => own.passed.length > 0 && (mayBeEndpoints(own) || own.failed.every((probe) => isOfOwn(view, probe))),
      )
      .map(({ node }) => node),
  );
  return untranslated(view, 'pod').filter(({ node }) => sound.has(node));
}

/** How endpoints fare by their own address. */
export const sayEndpoints = ({ endpoints: { passed, lost } }: Translation): string =>
  lost === 0 ? 'every endpoint by its own' : `endpoints by their own (${passed} of ${passed + lost} answer)`;

/** What is seen of such a node. */
export function sayForPods(translation: Translation): Evidence {
  const { node, failed } = translation;
  return say(
    `the pods of ${node} reach none of the Services by their address (${failed.length} fail), and ` +
      `${sayEndpoints(translation)}; ${node} itself reaches them`,
    ...ids(failed).slice(0, 20),
  );
}

/** Failed probes that depend on a Service. */
export const failuresOf = (view: View, service: SeenService): ProbeObservation[] =>
  view.failing.filter((probe) => view.path(probe).service === qualified(service));

/** The rules of a node, with the observations in which they stand; undefined where none were read. */
export function rulesOf(view: View, node: string): { firewall: Firewall; ids: string[] } | undefined {
  const { firewall, rulesets } = view.ssh(node);
  return firewall && { firewall, ids: rulesets };
}
