import { setTimeout as sleep } from 'node:timers/promises';
import { labPaths, namespaceOf } from './paths.ts';
import { inNetns, run } from './run-in.ts';

export type Kubectl = (args: string[], input?: string) => Promise<string>;

/** kubectl as the lab's administrator, from the lab's runner namespace. */
export function kubectlFor(lab: string, kubectl: string, signal?: AbortSignal): Kubectl {
  return (args, input) =>
    run(inNetns(namespaceOf(lab, 'runner'), [kubectl, '--kubeconfig', labPaths(lab).kubeconfig, ...args]), {
      ...(input === undefined ? {} : { stdin: 'pipe' as const, input }),
      cancelSignal: signal,
    });
}

/**
 * Tries again until it succeeds: what a starting control plane refuses for now. Throws the last error when the time is
 * over.
 */
export async function eventually<T>(what: () => Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await what();
    } catch (error) {
      signal?.throwIfAborted();
      if (Date.now() > deadline) throw error;
      await sleep(200, undefined, { signal });
    }
  }
}
