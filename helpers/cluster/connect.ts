import { existsSync, readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import * as k8s from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { apiError } from './api-error.ts';

/**
 * How long one request may take: the API server itself gives up a request after 60 s, a healthy one answers in well
 * under one.
 */
export const REQUEST_TIMEOUT_MS = 15_000;

/** A connected cluster: its APIs, how it is called, and what it was asked. */
export interface ClusterClient {
  /** Name of the kubeconfig's context. */
  name: string;
  server: string;
  kubeConfig: k8s.KubeConfig;
  core: k8s.CoreV1Api;
  apps: k8s.AppsV1Api;
  discovery: k8s.DiscoveryV1Api;
  networking: k8s.NetworkingV1Api;
  coordination: k8s.CoordinationV1Api;
  authorization: k8s.AuthorizationV1Api;
  customObjects: k8s.CustomObjectsApi;
  objects: k8s.KubernetesObjectApi;
  serverVersion: string;
  counts: { apiCalls: number; execs: number };
  /**
   * Ends every request that is under way, and refuses new ones, when it aborts; taken away when what was begun must be
   * undone all the same.
   */
  interrupt?: AbortSignal;
}

export interface ConnectOptions {
  kubeconfigPath: string;
  context?: string;
  requestTimeoutMs?: number;
  /** Ends connecting, and goes on as the client's `interrupt`. */
  signal?: AbortSignal;
}

const usage = (message: string, code: ErrorCode, hint: string, cause?: unknown): NetwrightError =>
  new NetwrightError(message, { code, hint, cause });

function loadKubeConfig({ kubeconfigPath, context }: ConnectOptions): k8s.KubeConfig {
  if (!existsSync(kubeconfigPath)) {
    throw usage(
      `there is no kubeconfig at ${kubeconfigPath}`,
      'kubeconfig-missing',
      'set NETWRIGHT_KUBECONFIG (on a K3s server it is /etc/rancher/k3s/k3s.yaml)',
    );
  }
  const kubeConfig = new k8s.KubeConfig();
  try {
    kubeConfig.loadFromString(readFileSync(kubeconfigPath, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw usage(
      `the kubeconfig at ${kubeconfigPath} cannot be read: ${reason}`,
      'kubeconfig-invalid',
      'kubectl config view shows what kubectl makes of it',
      cause,
    );
  }
  const contexts = kubeConfig.getContexts().map(({ name }) => name);
  const wanted = context ?? kubeConfig.getCurrentContext();
  if (!contexts.includes(wanted)) {
    const what = wanted ? `no context named "${wanted}"` : 'no current context';
    const known =
      contexts.length > 0
        ? `contexts there: ${contexts.join(', ')}; choose one by NETWRIGHT_CONTEXT`
        : 'it has no context at all';
    throw usage(`the kubeconfig at ${kubeconfigPath} has ${what}`, 'kubeconfig-context', known);
  }
  kubeConfig.setCurrentContext(wanted);
  if (!kubeConfig.getCurrentCluster())
    throw usage(
      `the context "${wanted}" in ${kubeconfigPath} names a cluster that is not there`,
      'kubeconfig-context',
      'kubectl config view shows clusters and contexts',
    );
  return kubeConfig;
}

/** An expired client certificate is said as such: the server's answer to it is only "unauthorized". */
function checkClientCertificate(kubeConfig: k8s.KubeConfig, kubeconfigPath: string): void {
  const user = kubeConfig.getCurrentUser();
  const pem = user?.certData
    ? Buffer.from(user.certData, 'base64')
    : user?.certFile && existsSync(user.certFile)
      ? readFileSync(user.certFile)
      : undefined;
  if (!pem) return;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw usage(
      `the client certificate in ${kubeconfigPath} cannot be read`,
      'kubeconfig-invalid',
      'kubectl config view --raw shows it',
      cause,
    );
  }
  if (certificate.validToDate.getTime() < Date.now()) {
    throw new NetwrightError(
      `the client certificate in ${kubeconfigPath} expired on ${certificate.validToDate.toISOString()}`,
      {
        code: 'client-certificate-expired',
        hint: 'on K3s: k3s certificate rotate on a server, restart it, and copy /etc/rancher/k3s/k3s.yaml again',
      },
    );
  }
}

/** Every request is counted, has a deadline and can be interrupted: the library gives none of it. */
function instrument(
  kubeConfig: k8s.KubeConfig,
  client: Pick<ClusterClient, 'counts' | 'interrupt'>,
  timeoutMs: number,
): void {
  const authenticate = kubeConfig.applySecurityAuthentication.bind(kubeConfig);
  kubeConfig.applySecurityAuthentication = async (request) => {
    client.counts.apiCalls += 1;
    const deadline = AbortSignal.timeout(timeoutMs);
    request.setSignal(client.interrupt ? AbortSignal.any([deadline, client.interrupt]) : deadline);
    await authenticate(request);
  };
}

/**
 * Loads a kubeconfig and asks the API server for its version. Throws usage errors for what is wrong with the file, and
 * inconclusive ones (exit code 3) for a server that cannot be reached, is not trusted, or does not trust us.
 */
export async function connectCluster(options: ConnectOptions): Promise<ClusterClient> {
  const kubeConfig = loadKubeConfig(options);
  checkClientCertificate(kubeConfig, options.kubeconfigPath);
  const own: Pick<ClusterClient, 'counts' | 'interrupt'> = {
    counts: { apiCalls: 0, execs: 0 },
    interrupt: options.signal,
  };
  instrument(kubeConfig, own, options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);
  const server = kubeConfig.getCurrentCluster()?.server ?? '';
  try {
    const { gitVersion } = await kubeConfig.makeApiClient(k8s.VersionApi).getCode();
    // A proxy's page is an answer as well, and the library takes it for a version without any field.
    if (typeof gitVersion !== 'string') {
      throw new NetwrightError(`what answers at ${server} is no Kubernetes API server`, {
        code: 'api-error',
        hint: 'check the server address of the kubeconfig, and HTTPS_PROXY',
      });
    }
    return Object.assign(own, {
      name: kubeConfig.getCurrentContext(),
      server,
      kubeConfig,
      core: kubeConfig.makeApiClient(k8s.CoreV1Api),
      apps: kubeConfig.makeApiClient(k8s.AppsV1Api),
      discovery: kubeConfig.makeApiClient(k8s.DiscoveryV1Api),
      networking: kubeConfig.makeApiClient(k8s.NetworkingV1Api),
      coordination: kubeConfig.makeApiClient(k8s.CoordinationV1Api),
      authorization: kubeConfig.makeApiClient(k8s.AuthorizationV1Api),
      customObjects: kubeConfig.makeApiClient(k8s.CustomObjectsApi),
      objects: k8s.KubernetesObjectApi.makeApiClient(kubeConfig),
      serverVersion: gitVersion,
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw apiError(error, `the API server ${server}`, server);
  }
}
