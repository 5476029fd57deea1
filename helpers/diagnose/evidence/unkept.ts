import { ipv4ClusterIp } from '../../model/family.ts';
import type { ProbeObservation } from '../../model/observation.ts';
import type { Firewall } from '../firewall/index.ts';
import { qualified, type SeenService } from '../view/cluster.ts';
import type { View } from '../view/view.ts';
import { rulesOf, type Translation } from './services.ts';
import { networkFailures } from './support.ts';

/** A Service that a node has not taken in: it came after the rules of the node were written last. */
export interface Unkept {
  service: SeenService;
  name: string;
  failed: ProbeObservation[];
  /** Observations of the node's rules; none where they were not read. */
  rules: string[];
}

/** Whether a Service is answered by its ClusterIP from another node. */
const answersElsewhere = (view: View, node: string, name: string): boolean =>
  view.probes.some(
    (probe) =>
      probe.source.node !== node &&
      probe.role === 'service' &&
      probe.verdict === 'pass' &&
      view.path(probe).service === name,
  );

/** Whether no rule names a Service, in rules that are read well enough to know others by. */
function lacks(firewall: Firewall, { value }: SeenService, view: View): boolean {
  const names = (ip: string): boolean => firewall.translating(ip).length > 0;
  return !names(value.clusterIp) && view.cluster.services.some(({ value: { clusterIp } }) => names(clusterIp));
}

/**
 * Services with ready endpoints that are not answered by their ClusterIP from a node at all, while other nodes are
 * answered and the node translates other Services. Where the node's rules were read, those that no rule names; else
 * only Netwright's own, which is new: what fails of another may do so by rules that are out of date.
 */
export function unkeptServices(view: View, { node, probes, passed }: Translation): Unkept[] {
  const rules = rulesOf(view, node);
  return view.cluster.services.flatMap((service): Unkept[] => {
    const name = qualified(service);
    const isOwn = (probe: ProbeObservation): boolean => view.path(probe).service === name;
    const own = probes.filter(isOwn);
    const failed = networkFailures(own.filter(({ succeeded }) => succeeded === 0));
    const refused = own.filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === 'refused');
    const silent = [...failed, ...refused];
    const { value } = service;
    if (
      silent.length === 0 ||
      silent.length < own.length ||
      passed.every(isOwn) ||
      ipv4ClusterIp(value) === undefined ||
      !value.endpoints.some(({ ready }) => ready) ||
      !answersElsewhere(view, node, name)
    )
      return [];
    if (rules ? !lacks(rules.firewall, service, view) : value.isOwn !== true) return [];
    return [{ service, name, failed: silent, rules: rules?.ids ?? [] }];
  });
}
