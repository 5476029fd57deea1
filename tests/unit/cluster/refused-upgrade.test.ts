import { afterEach, describe, expect, test } from 'vitest';
import { ExecServer } from './exec-server.ts';

const servers: ExecServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

const status = (code: number, message: string) => JSON.stringify({ kind: 'Status', apiVersion: 'v1', code, message });
const HTML = '<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>';

/** How an exec ends whose request to upgrade gets this answer. */
async function ending(line: string, body: string): Promise<string> {
  const server = await ExecServer.start({
    onUpgrade: (raw) =>
      raw.end(
        `HTTP/1.1 ${line}\r\nServer: nginx\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      ) !== undefined,
  });
  servers.push(server);
  return server.exec().then(
    async ({ outcome }) => JSON.stringify(await outcome),
    (error: { code: string; message: string }) =>
      `${error.code}: ${error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')} (${server.client.counts.execs})`,
  );
}

describe('an exec that a proxy does not let through is an error of access that names who answered', () => {
  test.each<[line: string, body: string, words: string]>([
    [
      '400 Bad Request',
      status(400, 'Upgrade request required'),
      '400 to the request for a WebSocket: Upgrade request required (1)',
    ],
    ['400 Bad Request', 'no websockets here', '400 to the request for a WebSocket: no websockets here (1)'],
    ['403 Forbidden', '<h1>Blocked by policy</h1>', '403 to the request for a WebSocket: Blocked by policy (1)'],
    ['426 Upgrade Required', '', '426 to the request for a WebSocket (1)'],
    ['502 Bad Gateway', HTML, '502 to the request for a WebSocket: 502 Bad Gateway nginx (5)'],
  ])('%s %s', { timeout: 15_000 }, async (line, body, words) => {
    expect(await ending(line, body)).toBe(
      `exec-upgrade-refused: exec is refused on the way to the API server: http://HOST (nginx) answers ${words}`,
    );
  });
});

describe('an exec that the API server itself refuses', () => {
  test('for want of a right is that', async () => {
    expect(await ending('403 Forbidden', status(403, 'pods "x" is forbidden: User "u" cannot create'))).toMatch(
      /^exec-forbidden: /,
    );
  });

  test.each<[line: string, body: string]>([
    ['400 Bad Request', status(400, 'container agent not found in pod x')],
    ['500 Internal Server Error', status(500, 'error dialing backend: dial tcp 10.0.0.5:10250: i/o timeout')],
    ['502 Bad Gateway', 'proxy error from 127.0.0.1:6443 while dialing 10.0.0.5:10250, code 502: 502 Bad Gateway'],
  ])('for what lies behind it is lost, in its words: %s %s', { timeout: 15_000 }, async (line, body) => {
    expect(await ending(line, body)).toContain('"outcome":"lost","at":"connect"');
  });
});
