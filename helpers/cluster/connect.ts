import * as k8s from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';
import { Answers } from './answers.ts';
import { apiError } from './api-error.ts';
import { Credentials } from './credentials.ts';
import { loadKubeConfig, type KubeconfigChoice } from './kubeconfig.ts';
import { transport } from './transport.ts';

/**
 * How long one request may take: the API server itself gives up a request after 60 s, a healthy one answers in well
 * under one.
 */
export const REQUEST_TIMEOUT_MS = 15_000;

/** The parts of the API that are used. */
interface Apis {
  core: k8s.CoreV1Api;
  apps: k8s.AppsV1Api;
  discovery: k8s.DiscoveryV1Api;
  networking: k8s.NetworkingV1Api;
  coordination: k8s.CoordinationV1Api;
  authorization: k8s.AuthorizationV1Api;
  customObjects: k8s.CustomObjectsApi;
  objects: k8s.KubernetesObjectApi;
}

/** A connection to the API server, before anything is known about the cluster. */
interface Wire {
  kubeConfig: k8s.KubeConfig;
  credentials: Credentials;
  server: string;
  requestTimeoutMs: number;
  counts: { apiCalls: number; execs: number };
  /** When the server answered nothing. */
  answers: Answers;
}

/** A connected cluster: its APIs, how it is called, and what it was asked. */
export interface ClusterClient extends Wire, Apis {
  /** Name of the kubeconfig's context. */
  readonly name: string;
  readonly serverVersion: string;
  /** Ends every request that is under way, and refuses new ones, when it aborts; see `withSignal`. */
  readonly signal?: AbortSignal;
}

export interface ConnectOptions extends KubeconfigChoice {
  requestTimeoutMs?: number;
  /** Ends connecting, and stays the client's signal. */
  signal?: AbortSignal;
}

function configuration(wire: Wire, signal: AbortSignal | undefined): k8s.Configuration {
  const { server, credentials, requestTimeoutMs: timeoutMs, counts, answers } = wire;
  return k8s.createConfiguration({
    baseServer: new k8s.ServerConfiguration(server, {}),
    authMethods: { default: credentials.method(signal) },
    httpApi: transport({ timeoutMs, counts, answers, signal }),
  });
}

function apis(config: k8s.Configuration): Apis {
  return {
    core: new k8s.CoreV1Api(config),
    apps: new k8s.AppsV1Api(config),
    discovery: new k8s.DiscoveryV1Api(config),
    networking: new k8s.NetworkingV1Api(config),
    coordination: new k8s.CoordinationV1Api(config),
    authorization: new k8s.AuthorizationV1Api(config),
    customObjects: new k8s.CustomObjectsApi(config),
    objects: new OwnObjectApi(config),
  };
}

/** The library makes this one from a KubeConfig alone, past any transport of ours. */
class OwnObjectApi extends k8s.KubernetesObjectApi {
  // oxlint-disable-next-line no-useless-constructor -- the library's is protected
  constructor(config: k8s.Configuration) {
    super(config);
  }
}

/**
 * Loads a kubeconfig and asks the API server for its version. Throws usage errors for what is wrong with the file, and
 * inconclusive ones (exit code 3) for a server that cannot be reached, is not trusted, or does not trust us.
 */
export async function connectCluster(options: ConnectOptions): Promise<ClusterClient> {
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS, signal } = options;
  const kubeConfig = loadKubeConfig(options);
  const server = kubeConfig.getCurrentCluster()?.server ?? '';
  const counts = { apiCalls: 0, execs: 0 };
  const answers = new Answers();
  const wire = { kubeConfig, credentials: new Credentials(kubeConfig), server, requestTimeoutMs, counts, answers };
  const config = configuration(wire, signal);
  try {
    const { gitVersion } = await new k8s.VersionApi(config).getCode();
    // A proxy's page also counts as an answer, and the library reads it as a version without any field.
    if (typeof gitVersion !== 'string') {
      throw new NetwrightError(`what answers at ${server} is no Kubernetes API server`, {
        code: 'api-error',
        hint: 'check the server address and the proxy-url of the kubeconfig',
      });
    }
    return { ...wire, ...apis(config), name: kubeConfig.getCurrentContext(), serverVersion: gitVersion, signal };
  } catch (error) {
    signal?.throwIfAborted();
    throw apiError(error, `the API server ${server}`, server);
  }
}

/**
 * The same cluster with another signal, or none: what began under an aborted signal must still be undone. Connections
 * and counts stay shared.
 */
export const withSignal = (client: ClusterClient, signal: AbortSignal | undefined): ClusterClient => ({
  ...client,
  ...apis(configuration(client, signal)),
  signal,
});
