import type { V1Service } from '@kubernetes/client-node';
import type { IngressInfo } from '../../model/topology.ts';

/** Port of a backend that is no Service but an action of an annotation (AWS Load Balancer Controller). */
const ACTION = 'use-annotation';

type Rule = IngressInfo['rules'][number];

/** What of a rule's backend the cluster does not have; undefined where all is there, or the backend is no Service. */
function lacksOf({ service, servicePort }: Rule, object: V1Service | undefined): Rule['lacks'] {
  // With AWS' load balancers the name of an action stands in the place of a Service.
  if (service === '' || servicePort === ACTION) return undefined;
  if (!object) return 'service';
  const { type, ports = [] } = object.spec ?? {};
  // What has no ports of its own takes any: an external name, and some that are headless.
  if (type === 'ExternalName' || ports.length === 0) return undefined;
  return ports.some(({ name, port }) => port === servicePort || name === servicePort) ? undefined : 'port';
}

/** Says of each rule what it names and the cluster does not have. `services` are all there are. */
export function withLacks(ingresses: readonly IngressInfo[], services: readonly V1Service[]): IngressInfo[] {
  const named = new Map(services.map((each) => [`${each.metadata?.namespace}/${each.metadata?.name}`, each]));
  return ingresses.map((ingress) => ({
    ...ingress,
    rules: ingress.rules.map((rule) => {
      const lacks = lacksOf(rule, named.get(`${ingress.namespace}/${rule.service}`));
      return lacks === undefined ? rule : { ...rule, lacks };
    }),
  }));
}
