import type { ProbeObservation } from '../model/observation.ts';
import type { Impact } from './entry.ts';
import { lastErrorKindOf } from './view/answers.ts';
import type { View } from './view/view.ts';

/** Whether it carries packets of full size, by intent. */
export const isLarge = ({ crosses }: ProbeObservation): boolean => crosses.size === 'large';

const same = (pair: [string, string], a: string, b: string): boolean =>
  (pair[0] === a && pair[1] === b) || (pair[0] === b && pair[1] === a);

/** What is broken between nodes loses packets. It brings the two ends to say nothing, and nobody to refuse. */
const LOSES: ReadonlySet<Impact['kind']> = new Set(['underlay', 'overlay', 'overlay-node']);

/**
 * Whether somebody refused it by his own word, as a host does where nobody listens. A load balancer also refuses for
 * what it does not reach itself.
 */
const isRefused = (probe: ProbeObservation): boolean =>
  probe.role !== 'load-balancer' && (probe.errorKind === 'refused' || lastErrorKindOf(probe) === 'refused');

/** A burst goes one way, and is counted where it arrives: what is lost on the way back is not its own. */
const among = ({ kind }: ProbeObservation, pairs: [string, string][], from: string, to: string): boolean =>
  pairs.some((pair) => (kind === 'burst' ? pair[0] === from && pair[1] === to : same(pair, from, to)));

/** Whether it stays between a node itself and a pod on it: nothing is forwarded for that. */
const isWithNode = ({ suite, pathClass, source, destination }: ProbeObservation, node: string): boolean =>
  suite === 'pod-to-pod' &&
  source.node === node &&
  destination.node === node &&
  (pathClass === 'pod-host' || pathClass === 'host-pod');

/** Whether a cause with this impact can make this probe fail, in the way in which it fails. */
export function affects(impact: Impact, probe: ProbeObservation, view: View): boolean {
  if (LOSES.has(impact.kind) && isRefused(probe)) return false;
  const path = view.path(probe);
  switch (impact.kind) {
    case 'probes':
      return impact.ids.includes(probe.id);
    case 'node':
      return path.nodes.includes(impact.node);
    case 'underlay':
      // What loses or limits packets between two nodes need not tell their directions apart.
      return impact.only === 'asked'
        ? path.underlay.some((pair) => pair[0] === impact.from && pair[1] === impact.to)
        : [...path.underlay, ...path.overlay].some((pair) => same(pair, impact.from, impact.to));
    case 'overlay':
      return (impact.only !== 'large' || path.size !== 'small') && among(probe, path.overlay, impact.from, impact.to);
    case 'overlay-node':
      return (
        (impact.only !== 'large' || path.size !== 'small') && path.overlay.some((pair) => pair.includes(impact.node))
      );
    case 'pods':
      return path.pods.includes(impact.node) && (impact.only !== 'forwarded' || !isWithNode(probe, impact.node));
    case 'translation':
      return (
        path.translation.includes(impact.node) && (impact.service === undefined || impact.service === path.service)
      );
    case 'service':
      return path.service === impact.service;
    case 'endpoint':
      return path.endpoints.includes(impact.ip);
    case 'replica':
      return path.replicas.includes(impact.replica);
    case 'external':
      // Of names: what else goes outside does not go by the same servers.
      return path.external && (probe.kind === 'dns' || probe.kind === 'resolve');
    case 'host':
      return path.host === impact.host;
  }
}

export const anyAffects = (impacts: readonly Impact[], probe: ProbeObservation, view: View): boolean =>
  impacts.some((impact) => affects(impact, probe, view));
