import type { TargetHost, TargetService } from '../../model/targets.ts';
import { ANY_HOST, isCoveredBy, ruleFor, rulesFor } from '../../model/ingress-host.ts';
import type { RunContext } from '../../model/run-context.ts';
import { leftOut, type LeftOut } from '../../model/service.ts';

/** What must answer for a host. */
export interface Backend {
  /** `namespace/name` of its Service; absent where nothing says which it is. */
  service?: string;
  /** The Service as it is asked directly; absent where the cluster has none of that name. */
  target?: TargetService;
  /** The name that it leads to outside of the cluster. */
  externalName?: true;
  /** Set where nothing is meant to stand behind it. */
  leftOut?: LeftOut;
}

/** The target that a Service of a host is. */
const targetNamed = ({ targets }: RunContext, name: string): TargetService | undefined =>
  targets.services.find((target) => name === `${target.namespace}/${target.name}` || name === target.name);

/**
 * What stands behind a host: the Service that is configured, else the one of the rule that routes its path. A rule says
 * of a port that it speaks HTTP, whatever its name.
 */
export function backendOf(context: RunContext, { host, path, service: configured }: TargetHost): Backend {
  const { ingresses, services } = context.topology;
  const found = ruleFor(ingresses, host, path);
  const routed = found && found.rule.service !== '' ? `${found.ingress.namespace}/${found.rule.service}` : undefined;
  const service = configured ?? routed;
  if (service === undefined) return {};
  const known = targetNamed(context, service);
  const object = services.find(({ namespace, name }) => service === `${namespace}/${name}` || service === name);
  if (object?.type === 'ExternalName') return { service, externalName: true };
  const none = object && leftOut(object);
  if (none) return { service, leftOut: none };
  if (!object || known?.httpPort !== undefined) return { service, target: known };
  const wanted = routed === service ? found?.rule.servicePort : undefined;
  const port = object.ports.find(({ name, port: number }) => number === wanted || name === wanted) ?? object.ports[0];
  const { namespace, name } = object;
  const asked = { namespace, name, healthPath: path, identity: { kind: 'compare' as const }, ...known };
  return { service, target: { ...asked, httpPort: port?.port } };
}

/** Why it may be that no controller serves the Ingress that routes a host. */
export const unservedOf = ({ topology }: RunContext, { host, path }: TargetHost): string | undefined =>
  ruleFor(topology.ingresses, host, path)?.ingress.unserved;

/**
 * Whether a host is served over https as well: where `tls` of an Ingress that routes it names it (exactly or by a
 * wildcard), and where no Ingress routes it, so that nothing says otherwise. For all others a controller answers with a
 * certificate of its own making, which is nobody's promise.
 */
export function hasTls({ topology }: RunContext, host: string): boolean {
  // No certificate is for a name that was made up.
  if (host === ANY_HOST) return false;
  const own = rulesFor(topology.ingresses, host);
  return own.length === 0 || own.some(({ ingress }) => ingress.tlsHosts.some((name) => isCoveredBy(name, host)));
}
