import type { Hole } from '../../model/finding.ts';
import { qualifiedName } from '../../model/service.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { ServiceInfo } from '../../model/topology.ts';

/** `namespace/name` of the Service of this cluster that a name is; undefined of any other name. */
function serviceNamed(name: string): string | undefined {
  const [service, namespace, svc] = name.replace(/\.$/, '').split('.');
  return svc === 'svc' ? `${namespace}/${service}` : undefined;
}

/** What an ExternalName leads to in the end that cannot be an answer: a circle, or a Service that nobody read. */
function troubleOf(start: ServiceInfo, { topology, namespaces }: RunContext): string | undefined {
  const known = new Map(topology.services.map((service) => [qualifiedName(service), service]));
  const way = [qualifiedName(start)];
  for (let at: ServiceInfo = start; ;) {
    const next = serviceNamed(at.externalName ?? '');
    if (next === undefined) return undefined;
    if (way.includes(next)) return `it leads in a circle: ${[...way, next].join(' → ')}`;
    way.push(next);
    const service = known.get(next);
    // Of namespaces that were not read it is not known what is there.
    const isRead = namespaces.includes(next.split('/')[0] ?? '');
    if (!service) return isRead ? `it leads to ${next}, which is none of the Services that were read` : undefined;
    if (service.type !== 'ExternalName') return undefined;
    at = service;
  }
}

/** ExternalNames that lead to nothing, whatever the network does: said of each, and no failure of the network. */
export const externalNameNotes = (context: RunContext): Hole[] =>
  context.topology.services
    .filter(({ type }) => type === 'ExternalName')
    .flatMap((service): Hole[] => {
      const why = troubleOf(service, context);
      return why === undefined ? [] : [{ what: `${qualifiedName(service)}, an ExternalName`, why, isByChoice: true }];
    });
