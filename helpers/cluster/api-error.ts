import { ApiException } from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';
import type { ErrorCode } from '../errors/codes.ts';

/** The HTTP status of an error of the API; undefined for one that never got an answer. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;

function bodyMessage(error: ApiException<unknown>): string {
  const body: unknown = typeof error.body === 'string' ? tryParse(error.body) : error.body;
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : `status ${error.code}`;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}

/** All messages and codes of an error and of what caused it, as the HTTP client nests them. */
function chain(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    parts.push(current.message, (current as NodeJS.ErrnoException).code ?? '');
    if (current instanceof AggregateError)
      parts.push(...current.errors.map((each) => (each instanceof Error ? each.message : String(each))));
  }
  return parts.filter(Boolean).join('; ');
}

const reach = (where: string, code: ErrorCode, message: string, hint: string, cause: unknown): NetwrightError =>
  new NetwrightError(`${where} ${message}`, { code, hint, cause });

/**
 * Turns what a request to the API threw into an error for people. `where` begins the sentence: what was asked, of whom.
 */
export function apiError(error: unknown, where: string, server: string): NetwrightError {
  if (error instanceof NetwrightError) return error;
  if (error instanceof ApiException) {
    const said = bodyMessage(error);
    if (error.code === 401)
      return reach(
        where,
        'api-unauthorized',
        'does not accept the credentials of the kubeconfig (401)',
        'log in again, or check the user of the context: kubectl auth whoami',
        error,
      );
    if (error.code === 403)
      return reach(
        where,
        'api-forbidden',
        `refuses: ${said}`,
        'ask for the rights in docs/configuration.md, or use another kubeconfig',
        error,
      );
    return reach(
      where,
      'api-error',
      `answered with an error: ${said}`,
      `look at it with kubectl --server ${server} get --raw /readyz?verbose`,
      error,
    );
  }
  const text = chain(error);
  if (/certificate has expired|CERT_HAS_EXPIRED/i.test(text))
    return reach(
      where,
      'api-certificate-expired',
      'has a certificate that has expired',
      'on K3s: k3s certificate rotate on the server, then restart it',
      error,
    );
  if (/self.signed|unable to verify|unable to get (local )?issuer|CERT_|altname|SELF_SIGNED|UNABLE_TO/i.test(text)) {
    return reach(
      where,
      'api-certificate',
      `has a certificate that the kubeconfig does not trust: ${text
        .split('; ')
        .find((part) => part !== 'fetch failed')
        ?.trim()}`,
      'check certificate-authority-data and the server address of the kubeconfig',
      error,
    );
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(text))
    return reach(
      where,
      'api-name',
      'has a name that does not resolve here',
      'check the server address of the kubeconfig',
      error,
    );
  if (/ECONNREFUSED/.test(text))
    return reach(where, 'api-refused', 'refuses connections', 'is K3s running there? systemctl status k3s', error);
  if (/timeout|ETIMEDOUT|aborted|TimeoutError|EHOSTUNREACH|ENETUNREACH/i.test(text))
    return reach(
      where,
      'api-unreachable',
      'does not answer',
      'check the route and the firewall from here to the server, port 6443',
      error,
    );
  return reach(
    where,
    'api-unreachable',
    `cannot be asked: ${text || String(error)}`,
    'check the server address of the kubeconfig',
    error,
  );
}

/** Whether the same request may succeed when it is sent again: no answer at all, or the server's own trouble. */
export function isTransport(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status === 429 || status >= 500;
}
