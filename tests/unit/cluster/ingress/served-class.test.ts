import type { V1IngressClass } from '@kubernetes/client-node';
import { describe, expect, it, test } from 'vitest';
import { servedClass, type ClassQuery } from '../../../../helpers/cluster/ingress/served-class.ts';

const NGINX = 'k8s.io/ingress-nginx';

const ingressClass = (name: string, controller = NGINX, isDefault = false): V1IngressClass => ({
  metadata: {
    name,
    ...(isDefault && { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }),
  },
  spec: { controller },
});
const controllerOf = (name: string, classes?: string[]): ClassQuery['controllers'][number] => ({
  pods: [{ namespace: 'ingress', name, node: 'a', ready: true, restarts: 0, labels: {} }],
  ...(classes && { classes }),
});
const served = (query: Partial<ClassQuery>) =>
  servedClass({
    classes: [ingressClass('nginx')],
    controllers: [controllerOf('ingress-nginx-controller-x')],
    isPlaced: false,
    ...query,
  });

describe('the class of the own Ingress', () => {
  it('is the only one, and is asked at its controller', () => {
    expect(served({})).toEqual({ className: 'nginx', tls: true, place: 0 });
  });

  it('is the default one where there are several', () => {
    const classes = [ingressClass('other'), ingressClass('nginx', NGINX, true)];
    expect(served({ classes })).toMatchObject({ className: 'nginx' });
  });

  it('is the one that is configured, whatever its controller', () => {
    const classes = [ingressClass('nginx', NGINX, true), ingressClass('own', 'example.com/own')];
    expect(served({ classes, wanted: 'own' })).toEqual({
      className: 'own',
      tls: false,
      place: 0,
    });
  });

  test.each<[string, Partial<ClassQuery>, RegExp]>([
    ['the cluster has none', { classes: [] }, /no IngressClass/],
    ['several are there and none is the default', { classes: [ingressClass('a'), ingressClass('b')] }, /a, b/],
    [
      'two are the default',
      { classes: [ingressClass('a', NGINX, true), ingressClass('b', NGINX, true)] },
      /none is the one default/,
    ],
    [
      'its controller makes a load balancer for each Ingress',
      { classes: [ingressClass('alb', 'ingress.k8s.aws/alb')] },
      /ingress\.k8s\.aws\/alb .*not known/,
    ],
    ['only another program holds port 80', { controllers: [controllerOf('website-x')] }, /no pod of the controller/],
    ['the one that is configured is not there', { wanted: 'gone' }, /no class gone/],
  ])('is none where %s', (_, query, why) => {
    expect(served(query)).toMatch(why);
  });

  it('is served by the controller that claims it, else by the one whose pods are called as it', () => {
    const classes = [ingressClass('traefik', 'traefik.io/ingress-controller')];
    const placeAmong = (...controllers: ClassQuery['controllers'][number][]) => served({ classes, controllers });
    expect(placeAmong(controllerOf('nginx-x'), controllerOf('own-x', ['traefik']))).toMatchObject({ place: 1 });
    expect(placeAmong(controllerOf('nginx-x'), controllerOf('svclb-traefik-1-x'))).toMatchObject({ place: 1 });
  });

  it('is served where it is configured that a controller is, if none was found', () => {
    expect(served({ controllers: [], isPlaced: true })).toMatchObject({ place: 0 });
  });
});
