import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig, type Cluster, type User } from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { sourceText, type KubeconfigSource } from '../model/kubeconfig-source.ts';
import { execInfo } from './exec-info.ts';
import { mergeKubeconfigs, readKubeconfigFile, TOKEN_FILE_PROVIDER, type RawKubeconfig } from './kubeconfig-files.ts';
import { TokenFileAuth } from './token-file.ts';

const usage = (message: string, code: ErrorCode, hint: string, cause?: unknown): NetwrightError =>
  new NetwrightError(message, { code, hint, cause });

function serviceAccount({ folder, server }: KubeconfigSource & { kind: 'service-account' }): RawKubeconfig {
  const path = join(folder, 'token');
  return {
    'current-context': 'in-cluster',
    clusters: [{ name: 'in-cluster', cluster: { server, 'certificate-authority': join(folder, 'ca.crt') } }],
    users: [
      {
        name: 'service-account',
        user: { 'auth-provider': { name: TOKEN_FILE_PROVIDER, config: { path } } },
      },
    ],
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'service-account' } }],
  };
}

function readFiles(paths: readonly string[]): RawKubeconfig {
  // As kubectl does: of several files some may be missing.
  const existing = paths.filter((path) => existsSync(path));
  if (existing.length === 0)
    throw usage(
      `there is no kubeconfig at ${paths.join(', ')}`,
      'kubeconfig-missing',
      'set NETWRIGHT_KUBECONFIG (on a K3s server it is /etc/rancher/k3s/k3s.yaml)',
    );
  return mergeKubeconfigs(
    existing.map((path) => {
      try {
        return readKubeconfigFile(path);
      } catch (cause) {
        throw unreadable(path, cause);
      }
    }),
  );
}

function unreadable(where: string, cause: unknown): NetwrightError {
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return usage(
    `the kubeconfig at ${where} cannot be read: ${reason}`,
    'kubeconfig-invalid',
    'kubectl config view shows what kubectl makes of it',
    cause,
  );
}

/** The chosen context with its cluster and its user. Throws `kubeconfig-context` for what is not there. */
function choose(kubeConfig: KubeConfig, where: string, context: string | undefined): { cluster: Cluster; user: User } {
  const contexts = kubeConfig.getContexts().map(({ name }) => name);
  const wanted = context ?? kubeConfig.getCurrentContext();
  if (!contexts.includes(wanted)) {
    const what = wanted ? `no context named "${wanted}"` : 'no current context';
    const known =
      contexts.length > 0
        ? `contexts there: ${contexts.join(', ')}; choose one by NETWRIGHT_CONTEXT`
        : 'it has no context at all';
    throw usage(`the kubeconfig at ${where} has ${what}`, 'kubeconfig-context', known);
  }
  kubeConfig.setCurrentContext(wanted);
  const missing = (what: string) =>
    usage(
      `the context "${wanted}" in ${where} names a ${what} that is not there`,
      'kubeconfig-context',
      'kubectl config view shows clusters, users and contexts',
    );
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster) throw missing('cluster');
  const name = kubeConfig.getContextObject(wanted)?.user;
  const user = kubeConfig.getCurrentUser();
  if (!user && name) throw missing('user');
  // Without a user client-node would forget the cluster's certificate authority as well.
  return { cluster, user: user ?? { name: '' } };
}

/** An expired client certificate is named: the server's answer to it is only "unauthorized". */
function checkClientCertificate({ certData, certFile }: User, where: string): void {
  let certificate: X509Certificate;
  try {
    const pem = certData ? Buffer.from(certData, 'base64') : certFile ? readFileSync(certFile) : undefined;
    if (!pem) return;
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw usage(
      `the client certificate in ${where} cannot be read`,
      'kubeconfig-invalid',
      'kubectl config view --raw shows it',
      cause,
    );
  }
  if (certificate.validToDate.getTime() < Date.now()) {
    throw new NetwrightError(`the client certificate in ${where} expired on ${certificate.validToDate.toISOString()}`, {
      code: 'client-certificate-expired',
      hint: 'on K3s: k3s certificate rotate on a server, restart it, and copy /etc/rancher/k3s/k3s.yaml again',
    });
  }
}

/** What a context is chosen from, and how it is called. */
export interface KubeconfigChoice {
  kubeconfig: KubeconfigSource;
  /** Another than the current one. */
  context?: string;
}

/**
 * Reads a kubeconfig as kubectl does and narrows it to one context, cluster and user. Throws usage errors (exit code 2)
 * for a file that is missing, cannot be read, or lacks the context; `client-certificate-expired` (exit code 3).
 */
export function loadKubeConfig({ kubeconfig: source, context }: KubeconfigChoice): KubeConfig {
  const where = sourceText(source);
  const raw = source.kind === 'files' ? readFiles(source.paths) : serviceAccount(source);
  const all = new KubeConfig();
  try {
    all.loadFromString(JSON.stringify(raw));
  } catch (cause) {
    throw unreadable(where, cause);
  }
  const { cluster, user } = choose(all, where, context);
  checkClientCertificate(user, where);
  const kubeConfig = new KubeConfig();
  kubeConfig.addAuthenticator(new TokenFileAuth());
  kubeConfig.loadFromOptions({
    clusters: [cluster],
    users: [user.exec ? { ...user, exec: execInfo(user.exec, cluster) } : user],
    contexts: [{ ...all.getContextObject(all.getCurrentContext()), user: user.name }],
    currentContext: all.getCurrentContext(),
  });
  return kubeConfig;
}
