import type { NetwrightError } from '../../../helpers/errors.ts';
import { connectNode, tryConnectNode, type ConnectOptions } from '../../../helpers/nodes/connection.ts';
import { runOnNode } from '../../../helpers/nodes/exec.ts';
import { hostLine, user, type SshBench, type TestSshd } from './sshd.ts';

/** What tests of logging in to a server have in common. */
export class LogIn {
  readonly #bench: SshBench;
  readonly #server: TestSshd;
  #count = 0;

  constructor(bench: SshBench, server: TestSshd) {
    this.#bench = bench;
    this.#server = server;
  }

  /** A known_hosts file with these lines. */
  knownHosts(...lines: string[]): string {
    this.#count += 1;
    return this.#bench.write(`known-hosts-${this.#count}`, lines.map((line) => `${line}\n`).join(''));
  }

  options(more: Partial<ConnectOptions> = {}): ConnectOptions {
    return {
      host: '127.0.0.1',
      port: this.#server.port,
      user,
      privateKeyPath: this.#bench.keyPath,
      knownHostsPath: this.knownHosts(hostLine(this.#server, this.#server.hostKeys['ed25519'])),
      readyTimeoutMs: 8_000,
      ...more,
    };
  }

  /** Paths, ports and fingerprints change with each run; what is said about them does not. */
  stable(text: string | undefined): string | undefined {
    return text
      ?.replaceAll(this.#bench.folder, 'DIR')
      .replaceAll(/known-hosts-\d+/g, 'known_hosts')
      .replaceAll(/SHA256:[A-Za-z0-9+/]{43}/g, 'SHA256:…')
      .replaceAll(/(127\.0\.0\.1\]?:|-p )\d+/g, '$1PORT')
      .replaceAll(/(-vz 127\.0\.0\.1 )\d+/g, '$1PORT')
      .replaceAll(`${user}@`, 'USER@')
      .replaceAll(`user ${user} `, 'user USER ');
  }

  /** All that an error says, in the stable form. */
  said({ code, message, hint, exitCode }: NetwrightError): string {
    return `${code} (${exitCode})\n${this.stable(message)}\n${this.stable(hint)}`;
  }

  /** Why a connection was not made. Throws where it was. */
  async refusal(more: Partial<ConnectOptions> = {}): Promise<NetwrightError> {
    const tried = await tryConnectNode(this.options(more));
    if ('unavailable' in tried) return tried.unavailable;
    tried.connection.close();
    throw new Error('the connection was made');
  }

  /** The user as whom the server runs a command. */
  async whoAmI(more: Partial<ConnectOptions> = {}): Promise<string> {
    const connection = await connectNode(this.options(more));
    try {
      const run = await runOnNode(connection, 'id -un', { timeoutMs: 5_000 });
      return run.outcome === 'exited' ? run.stdout.trim() : run.outcome;
    } finally {
      connection.close();
    }
  }
}
