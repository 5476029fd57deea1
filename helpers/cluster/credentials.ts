import type { RequestOptions } from 'node:https';
import type { KubeConfig, RequestContext } from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';

/**
 * A plugin may open a browser or ask a server; one that hangs must not hang the run. kubectl waits without end because
 * a person watches it.
 */
const CREDENTIALS_TIMEOUT_MS = 60_000;

function credentialsError(cause: unknown): NetwrightError {
  const said = cause instanceof Error ? cause.message.trim() : String(cause);
  const [, plugin] = /\bspawn(?:Sync)? (\S+) ENOENT/.exec(said) ?? [];
  const reason = plugin === undefined ? said : `the credential plugin ${plugin} is not installed here`;
  return new NetwrightError(`the credentials of the kubeconfig cannot be had: ${reason}`, {
    code: 'kubeconfig-credentials',
    hint: 'files and credential plugins that the kubeconfig names are used here: kubectl auth whoami uses them too',
    cause,
  });
}

/**
 * Gets credentials: reads files, runs a credential plugin. Rejects with `kubeconfig-credentials`, or the reason of the
 * signal.
 */
export async function withCredentials(get: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(CREDENTIALS_TIMEOUT_MS);
  const ended = signal ? AbortSignal.any([deadline, signal]) : deadline;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(ended.reason);
  ended.addEventListener('abort', onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    await Promise.race([get(), aborted]);
  } catch (error) {
    signal?.throwIfAborted();
    throw credentialsError(error);
  } finally {
    ended.removeEventListener('abort', onAbort);
  }
}

/**
 * The library's authentication, except that one pool of connections serves all requests: the library makes a new one
 * for each, and with it a TLS handshake.
 */
export class Credentials {
  readonly #kubeConfig: KubeConfig;
  #pool: { key: string; dispatcher: Parameters<RequestContext['setDispatcher']>[0] } | undefined;

  constructor(kubeConfig: KubeConfig) {
    this.#kubeConfig = kubeConfig;
  }

  /** The form in which the library takes a way to authenticate; an abort of the signal ends the waiting for it. */
  method(signal: AbortSignal | undefined) {
    return {
      getName: () => 'kubeconfig',
      applySecurityAuthentication: (request: RequestContext) => this.#apply(request, signal),
    };
  }

  async #apply(request: RequestContext, signal: AbortSignal | undefined): Promise<void> {
    await withCredentials(() => this.#kubeConfig.applySecurityAuthentication(request), signal);
    const fresh = request.getDispatcher();
    if (!fresh) return;
    const key = await this.#key();
    if (this.#pool?.key !== key) this.#pool = { key, dispatcher: fresh };
    request.setDispatcher(this.#pool.dispatcher);
  }

  /** The client certificate and key: a plugin may issue new ones, while an open connection keeps its own. */
  async #key(): Promise<string> {
    const options: RequestOptions = {};
    await this.#kubeConfig.applyToHTTPSOptions(options);
    return JSON.stringify([options.cert, options.key]);
  }
}
