import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  checkHostKey,
  fingerprint,
  keyTypeOf,
  knownHostsName,
  parseKnownHosts,
} from '../../../helpers/nodes/known-hosts.ts';
import { makeKey, missingSshd, rawKey } from './sshd.ts';

const folder = mkdtempSync(join(tmpdir(), 'netwright-known-hosts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
/** A key in SSH's wire form, without the cost of making a real one. */
function wireKey(type: string, seed: number): Buffer {
  return Buffer.concat([field(Buffer.from(type)), field(Buffer.alloc(32, seed))]);
}
const line = (hosts: string, key: Buffer) => `${hosts} ${keyTypeOf(key)} ${key.toString('base64')}`;
const [A, B, RSA] = [wireKey('ssh-ed25519', 1), wireKey('ssh-ed25519', 2), wireKey('ssh-rsa', 3)];
const check = (text: string, host: string, key: Buffer, port = 22) =>
  checkHostKey(parseKnownHosts(text), host, port, key);

describe.skipIf(missingSshd)('files written by OpenSSH', () => {
  const key = missingSshd ? '' : makeKey(join(folder, 'host'), 'ed25519');
  const other = missingSshd ? '' : makeKey(join(folder, 'other'), 'ed25519');

  test('names that ssh-keygen hashed are found, and others are not', () => {
    const path = join(folder, 'hashed');
    writeFileSync(path, `node-1,10.0.0.100 ${key}\n[node-1]:2222 ${other}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('node-1');
    expect([
      check(text, 'node-1', rawKey(key)),
      check(text, '10.0.0.100', rawKey(key)),
      check(text, 'NODE-1', rawKey(key)),
      check(text, 'node-1', rawKey(other), 2222),
    ]).toEqual(['known', 'known', 'known', 'known']);
    expect([
      check(text, 'node-2', rawKey(key)),
      check(text, 'node-1', rawKey(other)),
      check(text, 'node-1', rawKey(key), 2222),
    ]).toEqual(['unknown', 'changed', 'changed']);
  });

  test('a fingerprint is the one that ssh-keygen -l shows', () => {
    const shown = execFileSync('ssh-keygen', ['-lf', join(folder, 'host.pub')], { encoding: 'utf8' }).split(' ')[1];
    expect(fingerprint(rawKey(key))).toBe(shown);
  });
});

describe('what a key is to a host', () => {
  test.each<[string, string, number, Buffer, string]>([
    [line('node-1', A), 'node-1', 22, A, 'known'],
    [line('node-1', A), 'node-1', 22, B, 'changed'],
    [line('node-1', A), 'node-2', 22, A, 'unknown'],
    // A host that is known by another type of key has not changed: ssh asks, too.
    [line('node-1', RSA), 'node-1', 22, A, 'unknown'],
    [`${line('node-1', A)}\n${line('node-1', B)}`, 'node-1', 22, B, 'known'],
    [line('[node-1]:2222', A), 'node-1', 2222, A, 'known'],
    [line('[node-1]:2222', A), 'node-1', 22, A, 'unknown'],
    // As ssh does ("found matching key w/out port").
    [line('node-1', A), 'node-1', 2222, A, 'known'],
    [line('node-1', A), 'node-1', 2222, B, 'unknown'],
    [line('*.example.org,!bad.example.org', A), 'a.example.org', 22, A, 'known'],
    [line('*.example.org,!bad.example.org', A), 'bad.example.org', 22, A, 'unknown'],
    [line('10.0.0.10?', A), '10.0.0.101', 22, A, 'known'],
    [line('10.0.0.10?', A), '10.0.0.10', 22, A, 'unknown'],
    // A dot is a dot.
    [line('10.0.0.1', A), '10a0b0c1', 22, A, 'unknown'],
    [line('[*]:2222', A), 'node-1', 2222, A, 'known'],
    [`@revoked ${line('*', A)}\n${line('node-1', A)}`, 'node-1', 22, A, 'revoked'],
    [`${line('node-1', A)}\n@revoked ${line('node-1', A)}`, 'node-1', 22, A, 'revoked'],
    [`@revoked ${line('node-1', A)}`, 'node-1', 2222, A, 'revoked'],
    [`@revoked ${line('node-1', A)}\n${line('node-1', B)}`, 'node-1', 22, B, 'known'],
    // The key of a certificate authority is no host's own.
    [`@cert-authority ${line('*', A)}`, 'node-1', 22, A, 'unknown'],
    [line('fe80::1', A), 'FE80::1', 22, A, 'known'],
  ])('%s\n says of %s:%i', (text, host, port, key, verdict) => {
    expect(check(text, host, key, port)).toBe(verdict);
  });

  test('ports other than 22 are written in brackets', () => {
    expect([knownHostsName('fe80::1', 22), knownHostsName('fe80::1', 2222)]).toEqual(['fe80::1', '[fe80::1]:2222']);
  });
});

describe('reading', () => {
  test('comments and empty lines are passed over, and malformed lines are told by number', () => {
    const text = [
      '# comment',
      '',
      line('good', A),
      'only-a-name',
      'node ssh-ed25519 !!!',
      `@other ${line('x', A)}`,
      `|2|abc|def ssh-ed25519 ${A.toString('base64')}`,
      `node ssh-rsa ${A.toString('base64')}`,
      'node ssh-rsa AAAA',
      `  ${line('tail', B)} a comment`,
    ].join('\r\n');
    const { entries, malformed } = parseKnownHosts(text);
    expect(entries.map((entry) => [entry.line, entry.hosts])).toEqual([
      [3, 'good'],
      [10, 'tail'],
    ]);
    expect(malformed).toMatchInlineSnapshot(`
      [
        {
          "line": 4,
          "why": "a line needs host names, a key type and a key",
        },
        {
          "line": 5,
          "why": "the key is not base64",
        },
        {
          "line": 6,
          "why": "the marker @other is not one of @cert-authority, @revoked",
        },
        {
          "line": 7,
          "why": "the hashed host name is not of the form |1|salt|hash",
        },
        {
          "line": 8,
          "why": "the key is of another type than ssh-rsa, which the line names",
        },
        {
          "line": 9,
          "why": "the key is cut short",
        },
      ]
    `);
  });

  test('no text makes the parser throw', () => {
    const words = fc.constantFrom(
      '@revoked',
      '@cert-authority',
      '|1|',
      '|1|AA==|AA==',
      'ssh-rsa',
      A.toString('base64'),
      ' ',
      '\t',
      '\n',
      ',',
      '!',
      '*',
      '#',
      '',
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, fc.string(), fc.uint8Array(), (file, host, key) => {
        const known = parseKnownHosts(file);
        expect(['known', 'unknown', 'changed', 'revoked']).toContain(checkHostKey(known, host, 22, Buffer.from(key)));
        expect(['known', 'unknown', 'changed', 'revoked']).toContain(checkHostKey(known, host, 2222, A));
      }),
    );
  });

  test('what was written is what is read', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
    const hosts = fc
      .array(
        fc.tuple(fc.constantFrom('', '!'), name, fc.constantFrom('', '*', '?')).map((parts) => parts.join('')),
        { minLength: 1, maxLength: 4 },
      )
      .map((names) => names.join(','));
    const entry = fc.record({
      marker: fc.constantFrom(undefined, 'revoked' as const, 'cert-authority' as const),
      hosts,
      type: fc.constantFrom('ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256'),
      seed: fc.integer({ min: 0, max: 255 }),
      comment: fc.constantFrom('', ' root@host', ' two words'),
    });
    fc.assert(
      fc.property(fc.array(entry), (written) => {
        const text = written
          .map(
            ({ marker, hosts: names, type, seed, comment }) =>
              `${marker ? `@${marker} ` : ''}${line(names, wireKey(type, seed))}${comment}\n`,
          )
          .join('');
        const { entries, malformed } = parseKnownHosts(text);
        expect(malformed).toEqual([]);
        expect(entries.map(({ marker, hosts: names, keyType, key }) => ({ marker, names, keyType, key }))).toEqual(
          written.map(({ marker, hosts: names, type, seed }) => ({
            marker,
            names,
            keyType: type,
            key: wireKey(type, seed),
          })),
        );
      }),
    );
  });
});
