import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster, type ClusterClient, type ConnectOptions } from '../../../helpers/cluster/connect.ts';
import { Authority } from './certificates.ts';
import { FakeApi, kubeconfigText, type Answers } from './fake-api.ts';

/** Fake API servers and clients of them, with one authority for all. */
export class ApiBench implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'netwright-api-'));
  readonly #authority = new Authority(this.folder);
  readonly #own = this.#authority.issue('/CN=api');
  readonly #servers: FakeApi[] = [];

  async serve(answers: Answers): Promise<FakeApi> {
    const server = await FakeApi.start(answers, { cert: this.#own.certificate, key: this.#own.key });
    this.#servers.push(server);
    return server;
  }

  kubeconfig({ url }: FakeApi): string {
    const path = join(this.folder, `kubeconfig-${this.#servers.length}`);
    writeFileSync(path, kubeconfigText({ server: url, ca: this.#authority.certificate }));
    return path;
  }

  connect(server: FakeApi, options: Partial<ConnectOptions> = {}): Promise<ClusterClient> {
    return connectCluster({ kubeconfig: { kind: 'files', paths: [this.kubeconfig(server)] }, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
