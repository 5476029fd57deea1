import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noticeOf, notify, ping } from '../../../helpers/run/notify.ts';
import { freePort, portOf } from '../nodes/sshd.ts';
import { Nights } from '../report/history/nights.ts';
import { filtered, fixed, reportOn } from '../report/recorded-report.ts';

let server: Server;
let url = '';
let asked: { method: string; path: string; body: string }[] = [];
let status = 200;
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', path: request.url ?? '', body: Buffer.concat(chunks).toString() });
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${portOf(server)}/hook/secret-1`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  status = 200;
});

const webhook = (format: 'json' | 'slack' = 'json') => ({ webhook: { url, format } });

describe('the webhook', () => {
  test('is told once a change: when a fault comes and when it is mended, not while all stays as it is', async () => {
    const nights = new Nights();
    for (const seen of [fixed(filtered), filtered, filtered, fixed(filtered), fixed(filtered)])
      expect(await notify(webhook(), nights.next(seen))).toBeUndefined();
    const told = asked.map(({ body }) => JSON.parse(body) as NonNullable<ReturnType<typeof noticeOf>>);
    expect(told.map(({ verdict, previousVerdict }) => [verdict, previousVerdict])).toEqual([
      ['unhealthy', 'healthy'],
      ['healthy', 'unhealthy'],
    ]);
    expect(told[0]?.new).toContainEqual(
      expect.objectContaining({ code: 'vxlan-port-filtered-in-path', place: 'k3s-master-01 → k3s-worker-02' }),
    );
    expect(told[1]?.mended).toHaveLength(4);
  });

  test('is told of a first run that is not healthy, and of nothing where no webhook is set', async () => {
    await notify(webhook(), new Nights().next(filtered));
    await notify({}, new Nights().next(filtered));
    expect(asked).toHaveLength(1);
  });

  test('is not told of what is new and accepted', () => {
    const nights = new Nights();
    nights.next(fixed(filtered));
    const entry = { code: 'vxlan-port-filtered-in-path', place: '*', reason: 'known', until: '2099-01-01' };
    const report = nights.next(filtered, { verdict: 'healthy', acceptances: [{ ...entry, state: 'in-force' }] });
    expect(noticeOf(report)).toBeUndefined();
  });

  test('of the shape of Slack is told a text, a line a cause, without markup of the cluster in it', async () => {
    const report = new Nights().next(filtered);
    await notify(webhook('slack'), { ...report, cluster: { ...report.cluster, name: '<!channel> & co' } });
    const { text } = JSON.parse(asked[0]?.body ?? '') as { text: string };
    expect(text.split('\n')).toEqual([
      'Network of &lt;!channel&gt; &amp; co: unhealthy',
      expect.stringMatching(/^• new: the path drops UDP 8472.*\(vxlan-port-filtered-in-path\)$/),
    ]);
  });

  test.each([500, 302])('that does not take it (%i) is said without its URL, which is a secret', async (code) => {
    status = code;
    const why = await notify(webhook(), new Nights().next(filtered));
    expect(why).toContain('NETWRIGHT_WEBHOOK');
    expect(why).not.toContain('secret-1');
  });

  test('where nobody listens is said as well, without its URL', async () => {
    const nobody = { webhook: { url: `http://127.0.0.1:${await freePort()}/secret-1`, format: 'json' as const } };
    const why = await notify(nobody, new Nights().next(filtered));
    expect(why).toBe('the webhook (NETWRIGHT_WEBHOOK) could not be told: ECONNREFUSED');
  });
});

test("The dead man's switch is told of the start, of a healthy end and of any other", async () => {
  for (const at of ['start', 'success', 'fail'] as const) expect(await ping(`${url}/?a=1`, at)).toBeUndefined();
  expect(asked.map(({ path }) => path)).toEqual([
    '/hook/secret-1/start?a=1',
    '/hook/secret-1/?a=1',
    '/hook/secret-1/fail?a=1',
  ]);
  expect(await ping(undefined, 'fail')).toBeUndefined();
  expect(reportOn(filtered).verdict).toBe('unhealthy');
});
