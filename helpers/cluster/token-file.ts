import { readFile } from 'node:fs/promises';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { TOKEN_FILE_PROVIDER } from './kubeconfig-files.ts';

/** client-go reads a token's file anew as often: the kubelet renews the token of a pod well before it runs out. */
const READ_AGAIN_MS = 60_000;

type Authenticator = Parameters<KubeConfig['addAuthenticator']>[0];

interface TokenFileUser {
  authProvider?: { name?: string; config?: { path?: string } } | null;
}

const pathOf = ({ authProvider }: TokenFileUser): string | undefined =>
  authProvider?.name === TOKEN_FILE_PROVIDER ? authProvider.config?.path : undefined;

/** Bearer token from a file, read anew once a minute. client-node's own does not strip the newline at the end. */
export class TokenFileAuth implements Authenticator {
  #token: { path: string; value: string; readAt: number } | undefined;

  isAuthProvider(user: User): boolean {
    return pathOf(user) !== undefined;
  }

  async applyAuthentication(user: User, options: Parameters<Authenticator['applyAuthentication']>[1]): Promise<void> {
    const path = pathOf(user);
    if (path === undefined) return;
    if (this.#token?.path !== path || performance.now() - this.#token.readAt > READ_AGAIN_MS)
      this.#token = { path, value: (await readFile(path, 'utf8')).trim(), readAt: performance.now() };
    // The library makes the object before it asks; its type allows more than it makes.
    Object.assign(options.headers ?? (options.headers = {}), { Authorization: `Bearer ${this.#token.value}` });
  }
}
