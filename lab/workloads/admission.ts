import type { LabSettings } from '../makes/settings.ts';

/** Namespaces of the cluster's own, which must be able to use the nodes' network. */
const EXEMPT = ['kube-system', 'ingress-nginx'];

/** Pod security for the API server: what no namespace says otherwise of is held to the profile `restricted`. */
export const admissionConfig = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: restricted, enforce-version: latest, warn: restricted, warn-version: latest}
    exemptions: {namespaces: [${EXEMPT.join(', ')}]}
`;

/** No pod outside of the cluster's own namespaces uses the node's network, whatever labels its namespace has. */
const NO_HOST_NETWORK = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-host-network}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}
  validations:
  - expression: "!has(object.spec.hostNetwork) || !object.spec.hostNetwork"
    message: pods outside of kube-system must not use the network of their node
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-host-network}
spec:
  policyName: no-host-network
  validationActions: [Deny]
  matchResources:
    namespaceSelector:
      matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [${EXEMPT.join(', ')}]}]
`;

/** The admission policies of a lab, as manifests; none in the usual one. */
export const admissionPolicies = ({ admission }: LabSettings): string[] =>
  admission === 'restricted' ? [NO_HOST_NETWORK] : [];

/** What a container says of itself to be let in. */
export const restrictedContainer = ({ admission }: LabSettings): string =>
  admission === 'restricted'
    ? 'securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, runAsUser: 65534, ' +
      'capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}'
    : 'securityContext: {}';
