import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOSTS } from '../fabric.ts';
import { labPaths } from '../paths.ts';
import { run } from '../run-in.ts';
import { NAMESPACE } from './keybuzz.ts';
import { TLS_SECRET } from './ingress.ts';

const DAYS = '365';
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/**
 * Makes the lab's own certificate authority and one certificate for the three hosts; the Secret that holds it, as a
 * manifest.
 */
export async function makeIngressCertificates(lab: string): Promise<string> {
  const { edge, ingressCa } = labPaths(lab);
  await mkdir(edge, { recursive: true });
  const file = (name: string) => join(edge, name);
  const quiet = { stderr: 'ignore' as const };
  await run(
    [
      'openssl',
      'req',
      '-x509',
      ...KEY,
      '-days',
      DAYS,
      '-subj',
      `/CN=netwright lab ${lab}`,
      '-keyout',
      file('ca.key'),
      '-out',
      ingressCa,
    ],
    quiet,
  );
  const hosts = Object.keys(HOSTS);
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  await run(
    [
      'openssl',
      'req',
      '-x509',
      ...KEY,
      '-days',
      DAYS,
      '-subj',
      `/CN=${hosts[0]}`,
      '-addext',
      `subjectAltName=${names}`,
      '-addext',
      'basicConstraints=critical,CA:FALSE',
      '-CA',
      ingressCa,
      '-CAkey',
      file('ca.key'),
      '-keyout',
      file('tls.key'),
      '-out',
      file('tls.crt'),
    ],
    quiet,
  );
  const [certificate, key] = await Promise.all([readFile(file('tls.crt')), readFile(file('tls.key'))]);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: TLS_SECRET, namespace: NAMESPACE },
    data: { 'tls.crt': certificate.toString('base64'), 'tls.key': key.toString('base64') },
  };
  await writeFile(file('tls.json'), JSON.stringify(secret), { mode: 0o600 });
  return JSON.stringify(secret);
}
