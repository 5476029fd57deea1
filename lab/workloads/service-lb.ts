import type { Kubectl } from '../kubectl.ts';
import { addressIn } from '../makes/ranges.ts';
import type { LabSettings } from '../makes/settings.ts';
import type { LabNode } from '../topology.ts';
import { ingressNodesOf, onIngressNodes } from './placement.ts';

const NAMESPACE = 'ingress-nginx';
const SERVICE = 'ingress-nginx-controller';
const NAME = `svclb-${SERVICE}`;

/** The address of the controller's Service, which the pods that hold the ports are told, as K3s tells them. */
export const serviceLbAddress = ({ services }: LabSettings): string => addressIn(services, 80);

/** Hands every connection on to the Service: K3s' pods do it by rules of their own network. */
const FORWARDER =
  "const { createServer, connect } = require('node:net'); const { SRC_PORT, DEST_PORT, DEST_IPS } = process.env; " +
  'createServer((from) => { const to = connect(Number(DEST_PORT), DEST_IPS); from.pipe(to).pipe(from); ' +
  "from.on('error', () => to.destroy()); to.on('error', () => from.destroy()); }).listen(Number(SRC_PORT));";

const container = (image: string, port: number, address: string): string => `
      - name: lb-tcp-${port}
        image: ${image}
        imagePullPolicy: IfNotPresent
        command: [/usr/bin/node, -e, ${JSON.stringify(FORWARDER)}]
        env:
        - {name: SRC_PORT, value: "${port}"}
        - {name: DEST_PROTO, value: TCP}
        - {name: DEST_PORT, value: "${port}"}
        - {name: DEST_IPS, value: "${address}"}
        ports: [{name: lb-tcp-${port}, containerPort: ${port}, hostPort: ${port}}]`;

/** The DaemonSet by which K3s' ServiceLB makes a Service of type LoadBalancer answer at the nodes. */
export const serviceLb = (image: string, nodes: LabNode[], settings: LabSettings): string => `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${NAME}, namespace: kube-system}
spec:
  selector: {matchLabels: {app: ${NAME}}}
  template:
    metadata:
      labels:
        app: ${NAME}
        svccontroller.k3s.cattle.io/svcname: ${SERVICE}
        svccontroller.k3s.cattle.io/svcnamespace: ${NAMESPACE}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 2${onIngressNodes(nodes)}
      containers:${[80, 443].map((port) => container(image, port, serviceLbAddress(settings))).join('')}
`;

/** Says in the Service's status where it answers, as ServiceLB does, and waits until it does. */
export async function readyServiceLb(kubectl: Kubectl, nodes: LabNode[], timeoutMs: number): Promise<void> {
  const addresses = ingressNodesOf(nodes).map(({ address: ip }) => ({ ip }));
  const status = { status: { loadBalancer: { ingress: addresses } } };
  const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify(status)];
  await kubectl(['-n', NAMESPACE, 'patch', 'service', SERVICE, ...patch]);
  await kubectl(['-n', 'kube-system', 'rollout', 'status', `daemonset/${NAME}`, `--timeout=${timeoutMs / 1000}s`]);
}
