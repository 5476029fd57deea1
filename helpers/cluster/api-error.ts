import { ApiException } from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { bodyMessage, isDenial } from './api-status.ts';
import { webhookIn } from './webhook-words.ts';

/** The HTTP status of an error of the API; undefined for one that never got an answer. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;

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

/** Why no answer came, by the words of Node and OpenSSL. */
function troubleOf(text: string): 'expired' | 'certificate' | 'name' | 'refused' | 'silent' | 'other' {
  if (/certificate has expired|CERT_HAS_EXPIRED/i.test(text)) return 'expired';
  if (/self.signed|unable to verify|unable to get (local )?issuer|CERT_|altname|SELF_SIGNED|UNABLE_TO/i.test(text))
    return 'certificate';
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return 'name';
  if (/ECONNREFUSED/.test(text)) return 'refused';
  if (/timeout|ETIMEDOUT|aborted|TimeoutError|EHOSTUNREACH|ENETUNREACH/i.test(text)) return 'silent';
  return 'other';
}

function answered(error: ApiException<unknown>, where: string, server: string): NetwrightError {
  const said = bodyMessage(error);
  const as = (message: string, what: { code: ErrorCode; hint: string }) =>
    new NetwrightError(`${where} ${message}`, { ...what, cause: error });
  if (error.code === 401)
    return as('does not accept the credentials of the kubeconfig (401)', {
      code: 'api-unauthorized',
      hint: 'log in again, or check the user of the context (NETWRIGHT_CONTEXT chooses another): kubectl auth whoami',
    });
  if (webhookIn(said) && !isDenial(error.code, said))
    return as(`could not ask an admission webhook: ${said}`, {
      code: 'webhook-unreachable',
      hint:
        'its pods, and the way from the API server to them, are to be looked at; while nobody reaches it, nothing ' +
        'that it watches can be made',
    });
  if (isDenial(error.code, said))
    return as(`refuses: ${said}`, {
      code: 'api-denied',
      hint: 'a policy, a quota or an admission webhook of the cluster is against it: its own words are above',
    });
  if (error.code === 403)
    return as(`refuses: ${said}`, {
      code: 'api-forbidden',
      hint: 'ask for the rights in docs/configuration.md, or use another kubeconfig (NETWRIGHT_KUBECONFIG)',
    });
  return as(`answered with an error: ${said}`, {
    code: 'api-error',
    hint: `look at it with kubectl --server ${server} get --raw /readyz?verbose`,
  });
}

/**
 * Turns what a request to the API threw into an error for people. `where` begins the sentence: what was asked, of whom.
 */
export function apiError(error: unknown, where: string, server: string): NetwrightError {
  if (error instanceof NetwrightError) return error;
  if (error instanceof ApiException) return answered(error, where, server);
  const text = chain(error);
  const as = (message: string, what: { code: ErrorCode; hint: string }) =>
    new NetwrightError(`${where} ${message}`, { ...what, cause: error });
  switch (troubleOf(text)) {
    case 'expired':
      return as('has a certificate that has expired', {
        code: 'api-certificate-expired',
        hint: 'on K3s: k3s certificate rotate on the server, then restart it',
      });
    case 'certificate': {
      const reason = text
        .split('; ')
        .find((part) => part !== 'fetch failed')
        ?.trim();
      return as(`has a certificate that the kubeconfig does not trust: ${reason}`, {
        code: 'api-certificate',
        hint:
          'check certificate-authority-data and the server address of the kubeconfig; NETWRIGHT_KUBECONFIG names ' +
          'another. A proxy that shows a certificate of its own needs its authority there',
      });
    }
    case 'name':
      return as('has a name that does not resolve here', {
        code: 'api-name',
        hint: 'check the server address of the kubeconfig, or name another (NETWRIGHT_KUBECONFIG, NETWRIGHT_CONTEXT)',
      });
    case 'refused':
      return as('refuses connections', {
        code: 'api-refused',
        hint:
          'is K3s running there (systemctl status k3s), and is it the cluster that you mean? NETWRIGHT_CONTEXT ' +
          'chooses another',
      });
    case 'silent':
      return as('does not answer', {
        code: 'api-unreachable',
        hint:
          'check the route and the firewall from here to the server, port 6443; where only a proxy leads there, ' +
          'name it as proxy-url of the cluster in the kubeconfig; HTTPS_PROXY is not read',
      });
    case 'other':
      return as(`cannot be asked: ${text || String(error)}`, {
        code: 'api-unreachable',
        hint: 'check the server address of the kubeconfig',
      });
  }
}

/** Why something failed, on one line: what the API server answers has its headers and its whole body in its message. */
export const whyOf = (error: unknown): string => {
  if (error instanceof ApiException) return apiError(error, 'the API server', '').message;
  return error instanceof Error ? error.message : String(error);
};

/**
 * Whether the same request may succeed when it is sent again: no answer came, or the server had trouble of its own.
 * A name that does not resolve and a certificate that is wrong are no trouble that passes.
 */
export function isTransport(error: unknown): boolean {
  if (error instanceof NetwrightError) return false;
  const status = statusOf(error);
  if (status !== undefined) return isTransientStatus(status);
  return !['expired', 'certificate', 'name'].includes(troubleOf(chain(error)));
}

/** Statuses by which a server says that it is its own trouble, or too much asked of it at this moment. */
export const isTransientStatus = (status: number): boolean => status === 429 || status >= 500;

/** Whether the request cannot have reached the server: then even one that must not be done twice may be sent again. */
export const wasNeverSent = (error: unknown): boolean =>
  statusOf(error) === 429 || /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT/.test(chain(error));

/** The time that an answer asks to be left alone for (`Retry-After`, in seconds or as a date); undefined without. */
export function retryAfterMs(error: unknown, now = Date.now()): number | undefined {
  if (!(error instanceof ApiException)) return undefined;
  const value = (error.headers as Record<string, string> | undefined)?.['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
