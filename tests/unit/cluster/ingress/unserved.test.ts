import type { V1IngressClass } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { withUnserved } from '../../../../helpers/cluster/ingress/unserved.ts';
import type { IngressInfo, IngressPod } from '../../../../helpers/model/topology.ts';

const classOf = (name: string, controller: string, isDefault = false): V1IngressClass => ({
  metadata: {
    name,
    annotations: isDefault ? { 'ingressclass.kubernetes.io/is-default-class': 'true' } : {},
  },
  spec: { controller },
});
const NGINX = classOf('nginx', 'k8s.io/ingress-nginx');
const ALB = classOf('alb', 'ingress.k8s.aws/alb');
const OWN = classOf('own', 'corp.example/ingress');

const controllerOf = (name: string, classes?: string[]) => ({
  pods: [{ name } as IngressPod],
  ...(classes && { classes }),
});

const whyOf = (
  className: string | undefined,
  classes: V1IngressClass[] | undefined,
  controllers: Parameters<typeof withUnserved>[2],
  more: Partial<IngressInfo> = {},
) => {
  const ingress: IngressInfo = { namespace: 'shop', name: 'web', className, rules: [], tlsHosts: [], ...more };
  return withUnserved([ingress], classes, controllers)[0]?.unserved;
};
const nginx = controllerOf('ingress-nginx-controller-x');

describe('an Ingress', () => {
  it.each([
    ['of the class of the controller that was found', 'nginx', [NGINX, ALB], [nginx]],
    ['of a class that a controller claims', 'own', [NGINX, OWN], [controllerOf('edge', ['own'])]],
    ['of a class of which a controller that nothing is known of may be', 'own', [NGINX, OWN], [controllerOf('edge')]],
    ['without a class where one is the default', undefined, [classOf('n', 'c', true)], [nginx]],
    ['without a class where there is none', undefined, [], [nginx]],
    ['of whatever class, where classes may not be read', 'traefik', undefined, [nginx]],
  ] as const)('%s is to be served', (_, className, classes, controllers) => {
    expect(whyOf(className, classes && [...classes], [...controllers])).toBeUndefined();
  });

  it.each([
    ['of a class that is not there', 'traefik', [NGINX], 'its class traefik does not exist'],
    [
      'of a class whose controller is not here',
      'alb',
      [NGINX, ALB],
      'no controller of its class alb (ingress.k8s.aws/alb) was found',
    ],
    ['without a class', undefined, [NGINX], 'it names no class, and the cluster has no default one'],
  ])('%s may have nobody who serves it', (_, className, classes, why) => {
    expect(whyOf(className, classes, [nginx])).toBe(why);
  });

  it('that is a route of a Gateway has no class', () => {
    expect(whyOf(undefined, [NGINX], [nginx], { gateway: 'shop/gate' })).toBeUndefined();
  });
});
