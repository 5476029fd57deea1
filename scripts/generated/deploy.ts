import { dumpYaml, loadYaml } from '@kubernetes/client-node';
import { leastRoles } from '../../helpers/cluster/roles.ts';
import { cronJob, configMap, claim, namespace, serviceAccount, type Values } from './deploy-objects.ts';
import { read, type Generated } from './document.ts';

// Nobody's: whoever installs it names their own.
const IMAGE_NAME = 'registry.example/netwright';
const IMAGE_TAG = '0.1.0';

/** What the kustomize base has, and what the chart has by default. */
const DEFAULTS: Values = {
  namespace: 'netwright',
  image: `${IMAGE_NAME}:${IMAGE_TAG}`,
  schedule: '0 2 * * *',
  timeZone: 'Etc/UTC',
  storage: '1Gi',
};

/** The chart's names for them. */
const TEMPLATED: Values = {
  namespace: '{{ .Release.Namespace }}',
  image: '{{ .Values.image }}',
  schedule: '{{ .Values.schedule }}',
  timeZone: '{{ .Values.timeZone }}',
  storage: '{{ .Values.storage }}',
};

/** Settings of the runs, as any variable of docs/configuration.md. */
const SETTINGS = { NETWRIGHT_PROFILE: 'nightly', NETWRIGHT_KEEP_RUNS: '90' };

const WRITTEN = '# Written by npm run docs.\n';
const yaml = (...objects: object[]): string =>
  WRITTEN + objects.map((object) => dumpYaml(object, { lineWidth: -1 }).trimEnd()).join('\n---\n') + '\n';

const roles = (of: Values) => leastRoles({ kind: 'ServiceAccount', name: 'netwright', namespace: of.namespace });

/** `'{{ … }}'` as YAML writes it, without the quotes that it needs and a template must not have twice. */
const template = (text: string): string => text.replaceAll(/'(\{\{[^']*\}\})'/g, '"$1"');

const BASE = 'deploy/kustomize/base';
const K3S = 'deploy/kustomize/overlays/k3s';
const CHART = 'deploy/helm/netwright';

const kustomization = {
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  resources: ['namespace.yaml', 'rbac.yaml', 'settings.yaml', 'storage.yaml', 'cronjob.yaml'],
};

/** K3s brings a provisioner of its own, which need not be the default class of a cluster. */
const onK3s = {
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  resources: ['../../base'],
  images: [{ name: IMAGE_NAME, newName: IMAGE_NAME, newTag: IMAGE_TAG }],
  patches: [
    {
      target: { kind: 'PersistentVolumeClaim' },
      patch: dumpYaml([{ op: 'add', path: '/spec/storageClassName', value: 'local-path' }]),
    },
  ],
};

const values = {
  image: DEFAULTS.image,
  schedule: DEFAULTS.schedule,
  timeZone: DEFAULTS.timeZone,
  storage: DEFAULTS.storage,
  settings: SETTINGS,
};

const chart = {
  apiVersion: 'v2',
  name: 'netwright',
  description: "Says every night whether the cluster's network does what its workloads rely on",
  type: 'application',
  version: '0.1.0',
  kubeVersion: '>=1.27.0-0',
};

const settingsTemplate = (): string =>
  template(yaml(configMap(TEMPLATED, {}))).replace(
    /data: \{\}\n/,
    'data:\n  {{- toYaml .Values.settings | nindent 2 }}\n',
  );

/** The rule file as the Prometheus Operator takes it. */
const prometheusRule = () => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'netwright', labels: { 'app.kubernetes.io/name': 'netwright' } },
  spec: loadYaml<object>(read('deploy/prometheus/rules.yaml')),
});

export const deployFiles: readonly Generated[] = [
  { file: `${BASE}/kustomization.yaml`, text: () => yaml(kustomization) },
  { file: `${BASE}/namespace.yaml`, text: () => yaml(namespace(DEFAULTS)) },
  { file: `${BASE}/rbac.yaml`, text: () => yaml(serviceAccount(DEFAULTS), ...roles(DEFAULTS)) },
  { file: `${BASE}/settings.yaml`, text: () => yaml(configMap(DEFAULTS, SETTINGS)) },
  { file: `${BASE}/storage.yaml`, text: () => yaml(claim(DEFAULTS)) },
  { file: `${BASE}/cronjob.yaml`, text: () => yaml(cronJob(DEFAULTS)) },
  { file: `${K3S}/kustomization.yaml`, text: () => yaml(onK3s) },
  { file: 'deploy/prometheus/prometheus-rule.yaml', text: () => yaml(prometheusRule()) },
  { file: `${CHART}/Chart.yaml`, text: () => yaml(chart) },
  { file: `${CHART}/values.yaml`, text: () => yaml(values) },
  { file: `${CHART}/templates/rbac.yaml`, text: () => template(yaml(serviceAccount(TEMPLATED), ...roles(TEMPLATED))) },
  { file: `${CHART}/templates/settings.yaml`, text: settingsTemplate },
  { file: `${CHART}/templates/storage.yaml`, text: () => template(yaml(claim(TEMPLATED))) },
  { file: `${CHART}/templates/cronjob.yaml`, text: () => template(yaml(cronJob(TEMPLATED))) },
];
