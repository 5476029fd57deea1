import { CANARY_PATH, CANARY_PORTS } from '../model/canary.ts';
import type { RunContext } from '../model/run-context.ts';
import type { TargetHost, TargetService } from '../model/targets.ts';
import type { MadeCanary } from './canary.ts';

const split = (qualified: string): { namespace: string; name: string } => {
  const [namespace = '', name = ''] = qualified.split('/');
  return { namespace, name };
};

/** The run with its canary among the targets, as any other Service and Ingress; with the holes where there is none. */
export function withCanary(context: RunContext, { canary, services, ingresses, holes }: MadeCanary): RunContext {
  const all = [...context.holes, ...holes];
  if (!canary) return { ...context, holes: all };
  const { topology, targets } = context;
  const own: TargetService = {
    ...split(canary.service),
    httpPort: CANARY_PORTS.http,
    healthPath: CANARY_PATH,
    identity: { kind: 'json-service' },
  };
  const hosts: TargetHost[] = canary.ingress ? [{ ...canary.ingress, service: canary.service, path: CANARY_PATH }] : [];
  return {
    ...context,
    canary,
    // Whoever reads the cluster anew finds it there too.
    namespaces: [...context.namespaces, own.namespace],
    topology: {
      ...topology,
      services: [...topology.services, ...services],
      ingresses: [...topology.ingresses, ...ingresses],
    },
    targets: { ...targets, services: [...targets.services, own], hosts: [...targets.hosts, ...hosts] },
    holes: all,
  };
}
