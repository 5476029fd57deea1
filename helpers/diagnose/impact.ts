import type { ProbeObservation } from '../model/observation.ts';
import type { Impact } from './entry.ts';
import type { View } from './view/view.ts';

/** Whether it carries packets of full size, by intent. */
export const isLarge = ({ crosses }: ProbeObservation): boolean => crosses.size === 'large';

const same = (pair: [string, string], a: string, b: string): boolean =>
  (pair[0] === a && pair[1] === b) || (pair[0] === b && pair[1] === a);

/** Whether a cause with this impact can make this probe fail. */
export function affects(impact: Impact, probe: ProbeObservation, view: View): boolean {
  const path = view.path(probe);
  switch (impact.kind) {
    case 'probes':
      return impact.ids.includes(probe.id);
    case 'node':
      return path.nodes.includes(impact.node);
    case 'underlay':
      return [...path.underlay, ...path.overlay].some((pair) => same(pair, impact.from, impact.to));
    case 'overlay':
      return (
        (impact.only !== 'large' || path.size !== 'small') &&
        path.overlay.some((pair) => same(pair, impact.from, impact.to))
      );
    case 'overlay-node':
      return (
        (impact.only !== 'large' || path.size !== 'small') && path.overlay.some((pair) => pair.includes(impact.node))
      );
    case 'pods':
      return path.pods.includes(impact.node);
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
      return path.external;
    case 'host':
      return path.host === impact.host;
  }
}

export const anyAffects = (impacts: readonly Impact[], probe: ProbeObservation, view: View): boolean =>
  impacts.some((impact) => affects(impact, probe, view));
