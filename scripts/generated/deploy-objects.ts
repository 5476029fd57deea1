import { ExitCode } from '../../helpers/errors/exit-code.ts';

/** What differs from one installation to the next. */
export interface Values {
  namespace: string;
  image: string;
  schedule: string;
  timeZone: string;
  /** Size of the volume for the reports. */
  storage: string;
}

const NAME = 'netwright';
/** Not `managed-by: netwright`: by that label a run knows what it made itself, and removes it. */
const labels = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/component': 'nightly' };
const metadata = ({ namespace }: Values, name = NAME) => ({ name, namespace, labels });

/** Any user but root; no file of the image needs to be its own. */
const USER = 65_532;
const REPORTS = '/reports';
const SSH = '/ssh';
/** A private key is for its user and group alone. */
const KEY_MODE = 0o440;

export const namespace = ({ namespace: name }: Values) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

export const serviceAccount = (values: Values) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: metadata(values),
  automountServiceAccountToken: false,
});

export const configMap = (values: Values, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(values),
  data,
});

/** The reports, and the history by which a run knows what is new. */
export const claim = (values: Values) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: metadata(values, `${NAME}-reports`),
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: values.storage } } },
});

const podSpec = ({ image }: Values) => ({
  serviceAccountName: NAME,
  automountServiceAccountToken: true,
  enableServiceLinks: false,
  restartPolicy: 'Never',
  // A run that is told to end gives the cluster back first.
  terminationGracePeriodSeconds: 60,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: NAME,
      image,
      imagePullPolicy: 'IfNotPresent',
      args: ['run'],
      // The Secret is who is told: the URLs of NETWRIGHT_WEBHOOK and NETWRIGHT_PING.
      envFrom: [{ configMapRef: { name: NAME } }, { secretRef: { name: NAME, optional: true } }],
      env: [
        { name: 'HOME', value: '/tmp' },
        { name: 'NETWRIGHT_CACHE_DIR', value: '/tmp/netwright' },
        { name: 'NETWRIGHT_REPORTS_DIR', value: REPORTS },
      ],
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      volumeMounts: [
        { name: 'reports', mountPath: REPORTS },
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'ssh', mountPath: SSH, readOnly: true },
      ],
    },
  ],
  volumes: [
    { name: 'reports', persistentVolumeClaim: { claimName: `${NAME}-reports` } },
    { name: 'tmp', emptyDir: {} },
    { name: 'ssh', secret: { secretName: `${NAME}-ssh`, optional: true, defaultMode: KEY_MODE } },
  ],
});

/** By these codes another try would end no differently. Code 3, not observed, is tried once more. */
const FINAL = [ExitCode.unhealthy, ExitCode.usage, ExitCode.internal];

export const cronJob = (values: Values) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: metadata(values),
  spec: {
    schedule: values.schedule,
    timeZone: values.timeZone,
    concurrencyPolicy: 'Forbid',
    // A controller that was away for a while still runs the night's, and not a dozen of them.
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 7,
    jobTemplate: {
      spec: {
        backoffLimit: 1,
        activeDeadlineSeconds: 3600,
        podFailurePolicy: {
          rules: [
            { action: 'FailJob', onExitCodes: { containerName: NAME, operator: 'In', values: FINAL } },
            // A pod that was driven away is no run that failed.
            { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          ],
        },
        template: { metadata: { labels }, spec: podSpec(values) },
      },
    },
  },
});
