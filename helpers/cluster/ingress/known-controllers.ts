import type { V1IngressClass } from '@kubernetes/client-node';

interface Controller {
  /** What an IngressClass has as its controller. */
  controller: RegExp;
  /** How its pods are called, and those that hold the nodes' ports for it (K3s' `svclb-traefik-…`). */
  pods: RegExp;
  /** Whether it answers over https for a host whose Ingress has `tls` and no Secret, by a certificate of its own. */
  tls: boolean;
}

/**
 * Controllers that serve an Ingress by pods of the cluster and make nothing outside of it. Others make a load balancer
 * for each (AWS, GCE, Azure, OCI), which costs money and minutes, and may not go with its Ingress.
 */
const CONTROLLERS: readonly Controller[] = [
  { controller: /^k8s\.io\/ingress-nginx$/, pods: /ingress-nginx|nginx-ingress/, tls: true },
  { controller: /^traefik\.io\/ingress-controller$/, pods: /traefik/, tls: true },
  { controller: /^haproxy-ingress\.github\.io\/controller/, pods: /haproxy/, tls: true },
  { controller: /^haproxy\.org\/ingress-controller/, pods: /haproxy|kubernetes-ingress/, tls: false },
  { controller: /^nginx\.org\/ingress-controller$/, pods: /nginx/, tls: false },
  { controller: /^projectcontour\.io\//, pods: /contour|envoy/, tls: false },
  { controller: /^ingress-controllers\.konghq\.com\/kong$/, pods: /kong/, tls: false },
];

export const nameOf = ({ metadata }: V1IngressClass): string => metadata?.name ?? '';

/** What is known of the controller that a class names. */
export const controllerOf = ({ spec }: V1IngressClass): Controller | undefined =>
  CONTROLLERS.find(({ controller }) => controller.test(spec?.controller ?? ''));

/** Whether it is the class of what names none. */
export const isDefault = ({ metadata }: V1IngressClass): boolean =>
  metadata?.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true';
