import { familyPolicy } from '../makes/families.ts';
import { addressIn } from '../makes/ranges.ts';
import type { LabSettings } from '../makes/settings.ts';
import { restrictedContainer } from './admission.ts';

export const NAMESPACE = 'keybuzz';

export interface App {
  name: string;
  /** Which address of the range of Services it has: in the usual lab the incident's. */
  place: number;
  port: number;
  nodePort?: number;
}

/** The Services of the incident, with its NodePort. */
export const APPS: App[] = [
  { name: 'keybuzz-api', place: 92 * 256 + 243, port: 8080, nodePort: 30080 },
  { name: 'keybuzz-ui', place: 102 * 256 + 230, port: 80 },
  { name: 'keybuzz-my-ui', place: 232 * 256 + 70, port: 80 },
];

/** An application's Service's own address. */
export const clusterIpOf = ({ place }: Pick<App, 'place'>, { services }: Pick<LabSettings, 'services'>): string =>
  addressIn(services, place);

const REPLICAS = 3;

/** Pods are spread over the nodes, over those too that are not Ready yet. */
const manifestsOf = (image: string, nodes: number, settings: LabSettings, app: App): string => {
  const { name, port, nodePort } = app;
  return `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec:
  replicas: ${REPLICAS}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 5
      topologySpreadConstraints:
      - maxSkew: 1
        minDomains: ${Math.min(nodes, REPLICAS)}
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: DoNotSchedule
        labelSelector: {matchLabels: {app: ${name}}}
      containers:
      - name: app
        image: ${image}
        imagePullPolicy: IfNotPresent
        ${restrictedContainer(settings)}
        env:
        - {name: SERVICE, value: ${name}}
        - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /health, port: 8080}, periodSeconds: 1, timeoutSeconds: 2}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec:
  type: ${nodePort ? 'NodePort' : 'ClusterIP'}
  clusterIP: ${clusterIpOf(app, settings)}
  ${familyPolicy(settings)}
  selector: {app: ${name}}
  ports: [{name: http, port: ${port}, targetPort: 8080${nodePort ? `, nodePort: ${nodePort}` : ''}}]
`;
};

/** The workloads of the incident: three Deployments of three pods that say who they are. */
export const keybuzz = (image: string, nodes: number, settings: LabSettings): string => `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
${APPS.map((each) => manifestsOf(image, nodes, settings, each)).join('')}`;
