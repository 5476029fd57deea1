import { z } from 'zod';
import { SUITES } from '../model/suites.ts';
import { AGENT_PORTS } from '../model/agent-ports.ts';
import { readHost, readIdentity, readIngressNodes, readJump, readService } from './items.ts';
import { addressOrName, anyText, isDnsName, isObjectName, list, port, textOf, wholeNumber } from './values.ts';

export const PROFILES = ['gate', 'nightly', 'acceptance'] as const;

/** What is said of a variable in docs/configuration.md and .env.example. */
export interface VariableDoc {
  meaning: string;
  /** In words where it is not a fixed value. */
  default: string;
  example: string;
  /** Its value may be, by mistake, a secret: never printed. */
  secret?: boolean;
  /** Set by Netwright itself; not documented for users. */
  internal?: boolean;
  group: 'Cluster' | 'Targets' | 'Ingress' | 'Probes' | 'SSH' | 'Run' | 'Internal';
}

const docs = z.registry<VariableDoc>();

function variable<T extends z.ZodType>(type: T, doc: VariableDoc): z.ZodOptional<T> {
  const optional = type.optional();
  docs.add(optional, doc);
  return optional;
}

const path = () => textOf('the path of a file', (value) => (value.includes('\n') ? undefined : value));
const flag = () => textOf('1 or 0', (value) => ({ '1': true, '0': false })[value]);
const oneOf = <T extends string>(names: readonly T[]) =>
  textOf(`one of ${names.join(', ')}`, (value) => names.find((name) => name === value));
const internal = (meaning: string): VariableDoc => ({
  meaning,
  default: 'not set',
  example: '',
  internal: true,
  group: 'Internal',
});

/** The one schema of all configuration: text in, values out; a variable that it does not know is refused. */
export const variablesSchema = z.strictObject({
  NETWRIGHT_KUBECONFIG: variable(path(), {
    group: 'Cluster',
    meaning: 'kubeconfig of the cluster',
    default: 'the first that exists of KUBECONFIG, ~/.kube/config, /etc/rancher/k3s/k3s.yaml',
    example: '~/.kube/prod',
  }),
  NETWRIGHT_CONTEXT: variable(anyText(), {
    group: 'Cluster',
    meaning: 'context in that kubeconfig',
    default: 'its current context',
    example: 'prod',
  }),
  NETWRIGHT_NAMESPACE: variable(
    textOf('the name of a namespace', (value) => (isObjectName(value) ? value : undefined)),
    {
      group: 'Cluster',
      meaning: 'namespace of the Services that are named without one, and where targets are discovered',
      default: 'default',
      example: 'keybuzz',
    },
  ),
  NETWRIGHT_TARGET: variable(
    textOf('cluster, or lab:NAME', (value) => (/^(cluster|lab:[a-z][a-z0-9-]*)$/.test(value) ? value : undefined)),
    {
      group: 'Cluster',
      meaning: 'what is run against: the cluster of the kubeconfig, or a lab by its name',
      default: 'cluster',
      example: 'lab:netwright',
    },
  ),
  NETWRIGHT_SERVICES: variable(list('a list of [namespace/]name[:port], separated by commas', readService), {
    group: 'Targets',
    meaning: 'Services to test; the port is the one that speaks HTTP',
    default: 'every Service of the namespace',
    example: 'keybuzz-api:8080,shop/web:80',
  }),
  NETWRIGHT_HOSTS: variable(list('a list of host[/path][=service], separated by commas', readHost), {
    group: 'Targets',
    meaning: 'host names served by the ingress, each with its path and the Service behind it',
    default: 'the hosts of the Ingress objects in the namespace',
    example: 'shop.example.com/health=shop/web',
  }),
  NETWRIGHT_HEALTH_PATH: variable(
    textOf('a path that begins with /', (value) => (/^\/\S*$/.test(value) ? value : undefined)),
    {
      group: 'Targets',
      meaning: 'path that a healthy backend answers with 200',
      default: '/health',
      example: '/healthz',
    },
  ),
  NETWRIGHT_IDENTITY: variable(
    textOf('json-service, compare, body:<regular expression> or header:<name>=<regular expression>', readIdentity),
    {
      group: 'Targets',
      meaning:
        "how an answer shows that it came from the right backend; compare holds it against what the Service's " +
        'own pods answer',
      default: 'compare',
      example: 'header:x-served-by=^shop-',
    },
  ),
  NETWRIGHT_EXTERNAL_NAME: variable(
    textOf('a DNS name', (value) => (isDnsName(value) ? value : undefined)),
    {
      group: 'Targets',
      meaning: 'DNS name outside the cluster that should resolve; not tested when absent',
      default: 'not set',
      example: 'example.com',
    },
  ),
  NETWRIGHT_LOAD_BALANCER: variable(addressOrName(), {
    group: 'Ingress',
    meaning: 'address or name of the load balancer in front of the ingress',
    default: 'not set: what goes through it is skipped',
    example: '203.0.113.10',
  }),
  NETWRIGHT_INGRESS_HTTP_PORT: variable(port(), {
    group: 'Ingress',
    meaning: 'port for http at the load balancer and on the ingress nodes',
    default: '80',
    example: '80',
  }),
  NETWRIGHT_INGRESS_HTTPS_PORT: variable(port(), {
    group: 'Ingress',
    meaning: 'port for https at the load balancer and on the ingress nodes',
    default: '443',
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
    default: "discovered from the controller's pods",
    example: 'node-role.kubernetes.io/worker=true',
  }),
  NETWRIGHT_PROBE_IMAGE: variable(
    textOf('a container image', (value) => (/^[\w./:@-]+$/.test(value) ? value : undefined)),
    {
      group: 'Probes',
      meaning: 'image of the probe pods: any with Node 20 or newer; by digest where it must not change',
      default: 'docker.io/library/node:24-slim',
      example: 'registry.example.com/node:24-slim',
    },
  ),
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
  NETWRIGHT_SSH_USER: variable(
    textOf('a user name', (value) => (/^[\w.-]+$/.test(value) ? value : undefined)),
    {
      group: 'SSH',
      meaning: 'user on the nodes; without it nothing is asked by SSH',
      default: 'not set',
      example: 'ops',
    },
  ),
  NETWRIGHT_SSH_PORT: variable(port(), {
    group: 'SSH',
    meaning: 'SSH port of the nodes',
    default: '22',
    example: '22',
  }),
  NETWRIGHT_SSH_KEY: variable(path(), {
    group: 'SSH',
    meaning: 'path of the private key',
    default: 'not set: the agent is asked',
    example: '~/.ssh/id_ed25519',
    secret: true,
  }),
  NETWRIGHT_SSH_AGENT: variable(path(), {
    group: 'SSH',
    meaning: "path of the SSH agent's socket",
    default: 'SSH_AUTH_SOCK',
    example: '/run/user/1000/ssh-agent.sock',
  }),
  NETWRIGHT_SSH_KNOWN_HOSTS: variable(path(), {
    group: 'SSH',
    meaning: "file with the nodes' host keys; a host that is not in it is refused",
    default: '~/.ssh/known_hosts',
    example: './known_hosts',
  }),
  NETWRIGHT_SSH_JUMP: variable(textOf('user@host[:port]', readJump), {
    group: 'SSH',
    meaning: 'host by which the nodes are reached',
    default: 'not set',
    example: 'ops@bastion.example.com:22',
  }),
  NETWRIGHT_PROFILE: variable(oneOf(PROFILES), {
    group: 'Run',
    meaning: 'how thorough: gate, nightly or acceptance',
    default: 'gate',
    example: 'nightly',
  }),
  NETWRIGHT_SUITES: variable(
    list(`a list of suites (${SUITES.join(', ')}), separated by commas`, (item) =>
      SUITES.find((name) => name === item),
    ),
    {
      group: 'Run',
      meaning: 'suites to run',
      default: 'all',
      example: 'coredns,vxlan',
    },
  ),
  NETWRIGHT_TIMEOUT_MS: variable(
    textOf('a whole number of milliseconds from 100 to 60000', (value) => wholeNumber(value, 100, 60_000)),
    {
      group: 'Run',
      meaning: 'time-out of one attempt of one probe, in milliseconds',
      default: 'by profile',
      example: '2000',
    },
  ),
  NETWRIGHT_ATTEMPTS: variable(
    textOf('a whole number from 1 to 1000', (value) => wholeNumber(value, 1, 1000)),
    {
      group: 'Run',
      meaning: 'datagrams in one UDP probe, from which loss is told',
      default: 'by profile',
      example: '20',
    },
  ),
  NETWRIGHT_REPORTS_DIR: variable(path(), {
    group: 'Run',
    meaning: 'folder under which each run writes a folder of its own',
    default: 'reports',
    example: './out',
  }),
  NETWRIGHT_HTML_REPORT: variable(flag(), {
    group: 'Run',
    meaning:
      "whether Allure's HTML report is made, which takes some seconds of a processor; its results are written in " +
      'any case',
    default: '1',
    example: '0',
  }),
  NETWRIGHT_CACHE_DIR: variable(path(), {
    group: 'Run',
    meaning: "folder of the lab's built components",
    default: '$XDG_CACHE_HOME/netwright, or ~/.cache/netwright',
    example: '/var/cache/netwright',
  }),
  NETWRIGHT_CONTEXT_FILE: variable(path(), internal('JSON of a prepared run')),
  NETWRIGHT_RUN_ID: variable(anyText(), internal('id of the run, shared by its processes')),
  NETWRIGHT_TEST_LAB: variable(anyText(), internal("name of the lab that Netwright's own tests use")),
  NETWRIGHT_LAB_KEEP_BROKEN: variable(flag(), internal('leave a lab whose start failed as it is')),
});

export type Variables = z.output<typeof variablesSchema>;
export type VariableName = keyof Variables;

/** Every variable by its name, in the schema's order, with what is documented of it. */
export const VARIABLES: ReadonlyMap<string, VariableDoc> = new Map(
  Object.entries(variablesSchema.shape).flatMap(([name, type]) => {
    const doc = docs.get(type);
    return doc ? [[name, doc] as const] : [];
  }),
);
