import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portOf, probeOne } from './support/agent.ts';
import { serveProxyProtocol } from './support/proxy-protocol.ts';

const dir = mkdtempSync(join(tmpdir(), 'netwright-tls-'));
const file = (name: string) => join(dir, name);
const openssl = (...args: string[]) =>
  void execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
const servers: Server[] = [];
let ca = '';

/** A certificate of our own authority for shop.example, valid between two times of the form YYYYMMDDHHMMSSZ. */
function issue(name: string, from: string, until: string): void {
  openssl(
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    '/CN=shop.example',
  );
  openssl(
    'ca',
    '-batch',
    '-config',
    'ca.cnf',
    '-startdate',
    from,
    '-enddate',
    until,
    '-in',
    `${name}.csr`,
    '-out',
    `${name}.pem`,
    '-notext',
  );
}

async function serve(name: string): Promise<number> {
  const server = createServer(
    { key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.pem`)) },
    (_, response) => response.end('secret shop'),
  ).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return portOf(server);
}

beforeAll(() => {
  writeFileSync(file('index'), '');
  writeFileSync(
    file('ca.cnf'),
    `[ca]
default_ca = d
[d]
dir = ${dir}
database = ${dir}/index
new_certs_dir = ${dir}
rand_serial = yes
certificate = ${dir}/ca.pem
private_key = ${dir}/ca.key
default_md = sha256
policy = p
unique_subject = no
x509_extensions = e
[p]
commonName = supplied
[e]
subjectAltName = DNS:shop.example
`,
  );
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test Authority',
    '-days',
    '30',
  );
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'self.key',
    '-out',
    'self.pem',
    '-subj',
    '/CN=shop.example',
    '-addext',
    'subjectAltName=DNS:shop.example',
  );
  issue('good', '20200101000000Z', '21200101000000Z');
  issue('old', '20200101000000Z', '20210101000000Z');
  ca = readFileSync(file('ca.pem'), 'utf8');
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(dir, { recursive: true });
});

const https = (port: number, more: object = {}) => ({
  id: 'h',
  kind: 'http' as const,
  tls: true,
  host: '127.0.0.1',
  port,
  path: '/',
  timeoutMs: 3000,
  ca,
  serverName: 'shop.example',
  hostHeader: 'shop.example',
  ...more,
});

describe('an https probe', () => {
  test('passes with a certificate of the given authority for the name asked', async () => {
    const result = await probeOne(https(await serve('good')));
    expect(result).toMatchObject({
      succeeded: 1,
      got: {
        status: 200,
        body: 'secret shop',
        certificate: {
          subject: 'shop.example',
          issuer: 'Test Authority',
          altNames: 'DNS:shop.example',
          validTo: 'Jan  1 00:00:00 2120 GMT',
        },
      },
    });
  });

  test('says that a certificate has expired, when, and what was answered all the same', async () => {
    const result = await probeOne(https(await serve('old')));
    expect(result).toMatchObject({
      succeeded: 0,
      error: { kind: 'tls', text: 'certificate has expired (CERT_HAS_EXPIRED)' },
      got: { status: 200, certificate: { validTo: 'Jan  1 00:00:00 2021 GMT' } },
    });
  });

  test('says which names a certificate is for when it is not for the one asked', async () => {
    const result = await probeOne(https(await serve('good'), { serverName: 'my.example' }));
    expect(result.error).toEqual({
      kind: 'tls',
      text:
        "Hostname/IP does not match certificate's altnames: Host: my.example. is not in the cert's altnames: " +
        'DNS:shop.example',
    });
  });

  test('says that a certificate is self-signed', async () => {
    const result = await probeOne(https(await serve('self')));
    expect(result.error).toEqual({ kind: 'tls', text: 'self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)' });
  });

  test('does not trust an authority that it was not given', async () => {
    const result = await probeOne(https(await serve('good'), { ca: undefined }));
    expect(result.error).toMatchObject({ kind: 'tls' });
  });

  test('by any issuer takes who vouches for nothing, and still wants the name and the time', async () => {
    const asked = async (name: string, more: object = {}) =>
      (await probeOne(https(await serve(name), { ca: undefined, anyIssuer: true, ...more }))).error?.text;
    expect([await asked('good'), await asked('self')]).toEqual([undefined, undefined]);
    expect(await asked('old')).toMatch(/^certificate has expired/);
    expect(await asked('good', { serverName: 'my.example' })).toMatch(/does not match/);
  });

  test('by any certificate takes each', async () => {
    const asked = https(await serve('old'), { ca: undefined, serverName: 'my.example', anyCertificate: true });
    expect((await probeOne(asked)).succeeded).toBe(1);
  });

  test('puts the PROXY protocol header before the handshake where it is told to, and verifies as ever', async () => {
    const behind = await serveProxyProtocol(await serve('good'));
    const asked = https(behind.port, { proxyProtocol: true });
    const [right, named] = [await probeOne(asked), await probeOne({ ...asked, serverName: 'my.example' })];
    const plain = await probeOne(https(behind.port));
    behind.close();
    expect(right).toMatchObject({
      succeeded: 1,
      got: { body: 'secret shop', certificate: { issuer: 'Test Authority' } },
    });
    expect(named.error?.kind).toBe('tls');
    expect(plain.error?.kind).toBe('reset');
    expect(behind.headers[0]).toMatch(/^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+$/);
  });

  test('a port that does not speak TLS is a TLS error', async () => {
    const plain = createTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const result = await probeOne(https(portOf(plain)));
    plain.close();
    expect(result.error?.kind).toBe('tls');
  });

  test('a port that accepts and never shakes hands is a time-out that says so', async () => {
    const silent = createTcp((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const result = await probeOne(https(portOf(silent), { timeoutMs: 300 }));
    silent.close();
    expect(result.error).toEqual({ kind: 'timeout', text: 'connected, but no TLS handshake within 300 ms' });
  });
});
