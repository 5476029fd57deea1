import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { connectCluster } from '../../../helpers/cluster/connect.ts';
import { openExec } from '../../../helpers/cluster/exec.ts';
import type { KubeconfigSource } from '../../../helpers/model/kubeconfig-source.ts';
import { Authority, type Certificate } from './certificates.ts';
import { FakeApi, VERSION, type Answers } from './fake-api.ts';

export const folder = mkdtempSync(join(tmpdir(), 'netwright-kubeconfig-'));
export const servers: AsyncDisposable[] = [];
export let authority: Authority;
export let admin: Certificate;
export let own: Certificate;
export let otherName: Certificate;

beforeAll(() => {
  authority = new Authority(folder);
  own = authority.issue('/CN=api');
  otherName = authority.issue('/CN=api', { names: 'DNS:api.example' });
  admin = authority.issue('/CN=admin');
});
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

export async function serve(answers: Answers = () => VERSION, { certificate: cert, key } = own): Promise<FakeApi> {
  const server = await FakeApi.start(answers, {
    cert,
    key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  });
  servers.push(server);
  return server;
}

/** Writes a file into the folder of the test, and the folders above it. */
export function write(path: string, content: string, mode = 0o600): string {
  const absolute = join(folder, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, content);
  chmodSync(absolute, mode);
  return absolute;
}

export const files = (...paths: string[]): KubeconfigSource => ({ kind: 'files', paths });

export interface Parts {
  cluster: Record<string, unknown>;
  user?: Record<string, unknown>;
  name?: string;
}

/** A kubeconfig's text with one context whose cluster, user and context have the same name. */
export const kubeconfig = ({ cluster, user, name = 'test' }: Parts): string =>
  JSON.stringify({
    'current-context': name,
    clusters: [{ name, cluster }],
    users: user ? [{ name, user }] : [],
    contexts: [{ name, context: { cluster: name, ...(user && { user: name }) } }],
  });

/** Asks for the version and runs a command; what the server then says of who called. */
export async function callersOf(server: FakeApi, source: KubeconfigSource): Promise<FakeApi['callers']> {
  const client = await connectCluster({ kubeconfig: source });
  const { outcome } = await openExec(client, {
    namespace: 'ns',
    pod: 'pod',
    container: 'c',
    command: ['true'],
    connectTimeoutMs: 5_000,
  });
  expect(await outcome).toEqual({ outcome: 'exited', code: 0 });
  return server.callers;
}

export const twice = <T>(value: T): T[] => [value, value];
