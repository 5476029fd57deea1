import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const RETRY_MS = 500;
/** Ends a watch that is silent for so long: the API server closes its own sooner. */
const WATCH_SECONDS = 300;

export interface KubernetesObject {
  metadata: { namespace?: string; name: string; resourceVersion?: string };
}

function get(path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
    const token = readFileSync(`${SERVICE_ACCOUNT}/token`, 'utf8');
    const ca = readFileSync(`${SERVICE_ACCOUNT}/ca.crt`);
    request(
      { host, port, path, ca, headers: { authorization: `Bearer ${token}`, accept: 'application/json' } },
      resolve,
    )
      .on('error', reject)
      .end();
  });
}

async function list(path: string): Promise<{ items: KubernetesObject[]; metadata: { resourceVersion: string } }> {
  const response = await get(path);
  const chunks = await Array.fromAsync(response as AsyncIterable<Buffer>);
  if (response.statusCode !== 200) throw new Error(`${path}: status ${response.statusCode}`);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/**
 * Keeps all objects at an API path up to date, for ever, and says when they changed: a list, then a watch, then again.
 */
export async function keep(path: string, onChange: (objects: KubernetesObject[]) => void): Promise<never> {
  for (;;) {
    try {
      const { items, metadata } = await list(path);
      const objects = new Map(items.map((item) => [`${item.metadata.namespace}/${item.metadata.name}`, item]));
      onChange([...objects.values()]);
      const separator = path.includes('?') ? '&' : '?';
      const stream = await get(
        `${path}${separator}watch=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${metadata.resourceVersion}`,
      );
      for await (const line of createInterface({ input: stream })) {
        const { type, object } = JSON.parse(line) as { type: string; object: KubernetesObject };
        if (type === 'ERROR') break;
        const key = `${object.metadata.namespace}/${object.metadata.name}`;
        if (type === 'DELETED') objects.delete(key);
        else objects.set(key, object);
        onChange([...objects.values()]);
      }
    } catch (error) {
      process.stderr.write(`watch ${path}: ${error instanceof Error ? error.message : String(error)}\n`);
      await sleep(RETRY_MS);
    }
  }
}
