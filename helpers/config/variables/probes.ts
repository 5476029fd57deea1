import { AGENT_PORTS } from '../../model/agent-ports.ts';
import { readProbeNamespaces } from '../items.ts';
import { isDnsName, port, textOf } from '../values.ts';
import { flag, variable } from './variable.ts';

/** The probe pods: their image and their ports. */
export const PROBES = {
  NETWRIGHT_PROBE_IMAGE: variable(
    textOf('a container image', (value) => (/^[\w./:@-]+$/.test(value) ? value : undefined)),
    {
      group: 'Probes',
      meaning: 'image of the probe pods: any with Node 20 or newer; by digest where it must not change',
      default: 'docker.io/library/node:24-slim',
      example: 'registry.example.com/node:24-slim',
    },
  ),
  NETWRIGHT_PROBE_NAMESPACE: variable(textOf('the name of a namespace, or of two with a comma', readProbeNamespaces), {
    group: 'Probes',
    meaning:
      "namespace that is there already for the probe pods, or one for the pod network's and one for the hosts'; " +
      'nothing is then made or removed but what is in it',
    default: 'two namespaces of its own, which go with the run',
    example: 'netwright,netwright-host',
  }),
  NETWRIGHT_PROBE_PULL_SECRET: variable(
    textOf('the name of a Secret', (value) => (isDnsName(value) ? value : undefined)),
    {
      group: 'Probes',
      meaning: "name of the image pull Secret in the probes' namespaces",
      default: 'not set',
      example: 'registry-credentials',
    },
  ),
  NETWRIGHT_PROBE_NODE_PATH: variable(
    textOf('an absolute path', (value) => (/^\/\S+$/.test(value) ? value : undefined)),
    {
      group: 'Probes',
      meaning: "path of Node's binary in that image",
      default: '/usr/local/bin/node',
      example: '/usr/bin/node',
    },
  ),
  NETWRIGHT_PROBE_TCP_PORT: variable(port(), {
    group: 'Probes',
    meaning: 'TCP port of the probes in the pod network',
    default: String(AGENT_PORTS.podTcp),
    example: '8377',
  }),
  NETWRIGHT_PROBE_UDP_PORT: variable(port(), {
    group: 'Probes',
    meaning: 'UDP port of the probes in the pod network',
    default: String(AGENT_PORTS.podUdp),
    example: '8377',
  }),
  NETWRIGHT_PROBE_HOST_TCP_PORT: variable(port(), {
    group: 'Probes',
    meaning: 'TCP port of the probes in the host network; must be free on every node',
    default: String(AGENT_PORTS.hostTcp),
    example: '18377',
  }),
  NETWRIGHT_PROBE_HOST_UDP_PORT: variable(port(), {
    group: 'Probes',
    meaning: 'UDP port of the probes in the host network; must be free on every node',
    default: String(AGENT_PORTS.hostUdp),
    example: '18377',
  }),
  NETWRIGHT_CANARY_NODEPORT: variable(flag(), {
    group: 'Probes',
    meaning: "whether Netwright's own Service has NodePorts, which every node then opens for the length of a run",
    default: '1',
    example: '0',
  }),
  NETWRIGHT_CANARY_INGRESS_CLASS: variable(
    textOf('the name of an IngressClass, or none', (value) => (isDnsName(value) ? value : undefined)),
    {
      group: 'Probes',
      meaning: "class of Netwright's own Ingress; none for no Ingress",
      default: 'the default class, or the only one, of a controller that makes nothing outside of the cluster',
      example: 'nginx',
    },
  ),
};
