import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isIPv6 } from 'node:net';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import { expandPath } from './files.ts';

/** Where the kubelet puts the credentials of a pod's ServiceAccount. */
const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Looked at in this order when none is named; the first that exists is taken. K3s writes the second one. */
const USUAL_PLACES = ['~/.kube/config', '/etc/rancher/k3s/k3s.yaml'];

export interface FoundKubeconfig {
  /** Undefined when there is none. */
  found?: KubeconfigSource;
  /** The places that were looked at, for messages. */
  candidates: string[];
}

/** The API server as the kubelet tells it to every pod; undefined outside of one. */
function serverOfPod(env: NodeJS.ProcessEnv): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  return host && port ? `https://${isIPv6(host) ? `[${host}]` : host}:${port}` : undefined;
}

/** Whether a place is that of a ServiceAccount's token: where it was looked at, we are in a pod. */
export const isTokenOfPod = (place: string): boolean => place === join(SERVICE_ACCOUNT_FOLDER, 'token');

/**
 * Finds the kubeconfig as kubectl does: what is named; else all files in `KUBECONFIG`, and no others; else the usual
 * places; else the ServiceAccount of the pod that we run in.
 */
export function findKubeconfig(
  named: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
  serviceAccountFolder = SERVICE_ACCOUNT_FOLDER,
): FoundKubeconfig {
  const absolute = (path: string) => expandPath(path, cwd, env);
  const fromEnv = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean).map(absolute);
  const isMerged = named === undefined && fromEnv.length > 0;
  const candidates = named === undefined ? (isMerged ? fromEnv : USUAL_PLACES.map(absolute)) : [absolute(named)];
  const existing = candidates.filter((path) => existsSync(path));
  if (existing.length > 0)
    return { found: { kind: 'files', paths: isMerged ? existing : existing.slice(0, 1) }, candidates };
  const server = named === undefined && !isMerged ? serverOfPod(env) : undefined;
  if (server === undefined) return { candidates };
  const token = join(serviceAccountFolder, 'token');
  if (!existsSync(token)) return { candidates: [...candidates, token] };
  return { found: { kind: 'service-account', folder: serviceAccountFolder, server }, candidates };
}
