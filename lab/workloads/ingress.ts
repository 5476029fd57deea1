import { HOSTS } from '../fabric.ts';
import type { Kit } from '../kit.ts';
import { familyPolicy } from '../makes/families.ts';
import type { LabSettings } from '../makes/settings.ts';
import type { LabNode } from '../topology.ts';
import { APPS, NAMESPACE } from './keybuzz.ts';
import { onIngressNodes } from './placement.ts';
import { serviceLb, serviceLbAddress } from './service-lb.ts';

/** The incident's NodePort, which carries https; and one for http beside it. */
export const INGRESS_NODE_PORTS = { https: 31_695, http: 31_080 } as const;
export const TLS_SECRET = 'keybuzz-tls';

const rule = ([host, service]: [string, string]): string => {
  const port = APPS.find(({ name }) => name === service)?.port ?? 80;
  return `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${host.replaceAll('.', '-')}, namespace: ${NAMESPACE}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [${host}], secretName: ${TLS_SECRET}}]
  rules:
  - host: ${host}
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${service}, port: {number: ${port}}}}}]}
`;
};

const ON_HOST = '      hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet\n';

const portOf = (port: number, { ingress: kind }: LabSettings): string =>
  `containerPort: ${port}${kind === 'servicelb' ? '' : `, hostPort: ${port}`}`;

const typeOf = (settings: LabSettings): string =>
  settings.ingress === 'servicelb'
    ? `type: LoadBalancer\n  clusterIP: ${serviceLbAddress(settings)}`
    : 'type: NodePort';

/** The ingress controller on the own network of every node that serves it, its Service, its class, and three hosts. */
export const ingress = (kit: Pick<Kit, 'images'>, nodes: LabNode[], settings: LabSettings): string => `
apiVersion: v1
kind: Namespace
metadata: {name: ingress-nginx}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ingress-nginx, namespace: ingress-nginx}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ingress-nginx}
rules:
- {apiGroups: [""], resources: [services, secrets], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
- {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ingress-nginx}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ingress-nginx}
subjects: [{kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}]
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: ingress-nginx}}
  template:
    metadata: {labels: {app.kubernetes.io/name: ingress-nginx}}
    spec:
      serviceAccountName: ingress-nginx
${settings.ingress === 'servicelb' ? '' : ON_HOST}\
      terminationGracePeriodSeconds: 2${onIngressNodes(nodes)}
      containers:
      - name: controller
        image: ${kit.images.ingress}
        imagePullPolicy: IfNotPresent
        env:
        - {name: REDIRECTS, value: "${Number(settings.ingress === 'redirect')}"}
        - {name: PROXY_PROTOCOL, value: "${Number(settings.ingress === 'proxy-protocol')}"}
        ports: [{name: http, ${portOf(80, settings)}}, {name: https, ${portOf(443, settings)}}]
        readinessProbe: {httpGet: {path: /healthz, port: 10254}, periodSeconds: 1, timeoutSeconds: 2}
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  ${typeOf(settings)}
  ${familyPolicy(settings)}
  externalTrafficPolicy: Cluster
  selector: {app.kubernetes.io/name: ingress-nginx}
  ports:
  - {name: http, port: 80, targetPort: http, nodePort: ${INGRESS_NODE_PORTS.http}}
  - {name: https, port: 443, targetPort: https, nodePort: ${INGRESS_NODE_PORTS.https}}
${Object.entries(HOSTS).map(rule).join('')}${
  settings.ingress === 'servicelb' ? `\n---\n${serviceLb(kit.images.node, nodes, settings)}` : ''
}`;
