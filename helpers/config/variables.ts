import { z } from 'zod';
import { readNodeSelection } from '../model/node-selection.ts';
import { readHost, readIdentity, readService } from './items.ts';
import { anyText, isDnsName, isObjectName, list, textOf } from './values.ts';
import { ACCEPTANCE } from './variables/acceptance.ts';
import { INGRESS } from './variables/ingress.ts';
import { NOTICES } from './variables/notices.ts';
import { PROBES } from './variables/probes.ts';
import { RUN } from './variables/run.ts';
import { SSH } from './variables/ssh.ts';
import { docs, flag, internal, path, variable, type VariableDoc } from './variables/variable.ts';

export { FAIL_ON, PROFILES } from './variables/run.ts';

/** The one schema of all configuration: text in, values out; a variable that it does not know is refused. */
export const variablesSchema = z.strictObject({
  NETWRIGHT_KUBECONFIG: variable(path(), {
    group: 'Cluster',
    meaning: 'kubeconfig of the cluster',
    default:
      'the files of KUBECONFIG together, else ~/.kube/config or /etc/rancher/k3s/k3s.yaml, else the ServiceAccount ' +
      'of the pod',
    example: '~/.kube/prod',
  }),
  NETWRIGHT_CONTEXT: variable(anyText(), {
    group: 'Cluster',
    meaning: 'context in that kubeconfig',
    default: 'its current context',
    example: 'prod',
  }),
  NETWRIGHT_NAMESPACE: variable(
    list('names of namespaces, separated by commas, or *', (name) =>
      name === '*' || isObjectName(name) ? name : undefined,
    ),
    {
      group: 'Cluster',
      meaning:
        'namespaces where Services are discovered, * for all of them; the first is that of Services which are named ' +
        'without one',
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
  NETWRIGHT_NODES: variable(
    textOf('node names, !name to leave one out, or parts of a label selector, separated by commas', readNodeSelection),
    {
      group: 'Targets',
      meaning:
        'nodes that take part: by name, without some (!name), or by label (role=worker, zone in (a, b)); those that ' +
        'are left out leave nothing open',
      default: 'every Linux node',
      example: 'node-role.kubernetes.io/worker=true,!worker-03',
    },
  ),
  NETWRIGHT_SERVICES: variable(list('a list of [namespace/]name[:port], separated by commas', readService), {
    group: 'Targets',
    meaning: 'Services to test; the port is the one that speaks HTTP',
    default: "every Service of the namespaces, those behind hosts, and the API server's",
    example: 'keybuzz-api:8080,shop/web:80',
  }),
  NETWRIGHT_HOSTS: variable(list('a list of host[/path][=service], separated by commas', readHost), {
    group: 'Targets',
    meaning: 'host names served by the ingress, each with its path and the Service behind it',
    default: 'the hosts of all Ingress objects',
    example: 'shop.example.com/health=shop/web',
  }),
  NETWRIGHT_HEALTH_PATH: variable(
    textOf('a path that begins with /', (value) => (/^\/\S*$/.test(value) ? value : undefined)),
    {
      group: 'Targets',
      meaning: 'path that a healthy backend answers with 200',
      default: "that of the pods' own readiness probe at the port; else /health",
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
  ...INGRESS,
  ...PROBES,
  ...SSH,
  ...RUN,
  ...ACCEPTANCE,
  ...NOTICES,
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
