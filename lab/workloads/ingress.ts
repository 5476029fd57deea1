import { familyPolicy } from '../makes/families.ts';
import type { LabSettings } from '../makes/settings.ts';
import { HOSTS } from '../fabric.ts';
import { APPS, NAMESPACE } from './keybuzz.ts';

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

/** The ingress controller on every agent's own network, its Service, its class, and the three hosts. */
export const ingress = (image: string, settings: LabSettings): string => `
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
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      terminationGracePeriodSeconds: 2
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions: [{key: node-role.kubernetes.io/control-plane, operator: DoesNotExist}]
      containers:
      - name: controller
        image: ${image}
        imagePullPolicy: IfNotPresent
        ports: [{name: http, containerPort: 80, hostPort: 80}, {name: https, containerPort: 443, hostPort: 443}]
        readinessProbe: {httpGet: {path: /healthz, port: 10254}, periodSeconds: 1, timeoutSeconds: 2}
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  type: NodePort
  ${familyPolicy(settings)}
  externalTrafficPolicy: Cluster
  selector: {app.kubernetes.io/name: ingress-nginx}
  ports:
  - {name: http, port: 80, targetPort: http, nodePort: ${INGRESS_NODE_PORTS.http}}
  - {name: https, port: 443, targetPort: https, nodePort: ${INGRESS_NODE_PORTS.https}}
${Object.entries(HOSTS).map(rule).join('')}`;
