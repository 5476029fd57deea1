import { readIngressNodes } from '../items.ts';
import { addressOrName, port, textOf } from '../values.ts';
import { path, variable } from './variable.ts';

/** Where the ingress is, and what to expect of it. */
export const INGRESS = {
  NETWRIGHT_LOAD_BALANCER: variable(addressOrName(), {
    group: 'Ingress',
    meaning: 'address or name of the load balancer in front of the ingress',
    default: "discovered from the controller's Service of type LoadBalancer, where it has an address beside the nodes'",
    example: '203.0.113.10',
  }),
  NETWRIGHT_INGRESS_HTTP_PORT: variable(port(), {
    group: 'Ingress',
    meaning: 'port for http at the load balancer and on the ingress nodes',
    default: 'discovered from the controller, else 80',
    example: '80',
  }),
  NETWRIGHT_INGRESS_HTTPS_PORT: variable(port(), {
    group: 'Ingress',
    meaning: 'port for https at the load balancer and on the ingress nodes',
    default: 'discovered from the controller, else 443',
    example: '443',
  }),
  NETWRIGHT_INGRESS_NODEPORT_HTTP: variable(port(), {
    group: 'Ingress',
    meaning: 'NodePort of the ingress controller for http',
    default: 'discovered from its Service, where there is one',
    example: '31080',
  }),
  NETWRIGHT_INGRESS_NODEPORT_HTTPS: variable(port(), {
    group: 'Ingress',
    meaning: 'NodePort of the ingress controller for https',
    default: 'discovered from its Service, where there is one',
    example: '31695',
  }),
  NETWRIGHT_INGRESS_CA: variable(path(), {
    group: 'Ingress',
    meaning: "PEM file that the ingress' certificates must verify against",
    default: "the system's authorities",
    example: './ca.pem',
  }),
  NETWRIGHT_INGRESS_NODES: variable(textOf('a label selector, or node names separated by commas', readIngressNodes), {
    group: 'Ingress',
    meaning: "nodes on which the ingress controller listens on the hosts' ports",
    default: "discovered from the pods that hold the controller's ports",
    example: 'node-role.kubernetes.io/worker=true',
  }),
};
