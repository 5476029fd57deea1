import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabBench, type Ended } from './bench.ts';

const WORKERS = ['k3s-worker-01', 'k3s-worker-02'];
const HOST = 'my.keybuzz.io';
const INGRESS = ['ingress', 'my-keybuzz-io', '-n', 'keybuzz'];
const APPLIED = { timeout: 20_000, interval: 200 };

let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
});
afterAll(() => bench[Symbol.dispose]());

/** With nginx' own configuration on a node, which the lab's controller writes anew where an Ingress asks for more. */
const nginx = (node: string, script: string): Promise<string> =>
  bench.onNode(node, 'sh', '-c', `p=$(pgrep -o -f "nginx: master"); c=/proc/$p/root/tmp/nginx.conf; ${script}`);

const redirects = async (): Promise<boolean[]> =>
  Promise.all(WORKERS.map(async (node) => (await nginx(node, 'grep -c "return 308" $c || true')).trim() !== '0'));

const answersOf = ({ observations }: Ended, host = HOST) =>
  observations.flatMap((each) =>
    each.type === 'probe' && each.suite === 'ingress' && each.destination.name === host ? [each] : [],
  );

describe('an ingress controller that redirects http to https', () => {
  it('is healthy: http passes as a redirect, and https answers', async () => {
    const redirect = 'sed -i "/server_name /a if (\\$scheme = http) { return 308 https://\\$host\\$request_uri; }" $c';
    try {
      const runRedirected = async (tries: number): Promise<Ended> => {
        for (const node of WORKERS) await nginx(node, `grep -q "return 308" $c || ${redirect}; kill -HUP $p`);
        await expect.poll(redirects, APPLIED).toEqual([true, true]);
        // Any new Ingress has the lab's controller write its configuration anew, without the redirect; so has an
        // endpoint that only now comes back from what an earlier test did.
        const ended = await bench.run(['run', '--suite', 'ingress'], { NETWRIGHT_CANARY_INGRESS_CLASS: 'none' });
        return tries > 1 && (await redirects()).includes(false) ? runRedirected(tries - 1) : ended;
      };
      const ended = await runRedirected(3);
      expect([ended.code, ended.report?.verdict]).toEqual([0, 'healthy']);
      const remarks = answersOf(ended).map(({ asked, reason }) => [asked.protocol, reason]);
      expect(remarks).toContainEqual(['http', 'redirects to https']);
      expect(remarks).toContainEqual(['https', undefined]);
    } finally {
      for (const node of WORKERS) await nginx(node, 'sed -i "/return 308/d" $c; kill -HUP $p');
      await expect.poll(redirects, APPLIED).toEqual([false, false]);
    }
  });
});

describe('an Ingress without tls', () => {
  it('is healthy: its host is asked by http alone', async () => {
    const { spec } = JSON.parse(await bench.kubectl(['get', ...INGRESS, '-o', 'json'])) as { spec: { tls: unknown } };
    const patch = (op: string, value?: unknown) =>
      bench.kubectl(['patch', ...INGRESS, '--type=json', '-p', JSON.stringify([{ op, path: '/spec/tls', value }])]);
    try {
      await patch('remove');
      const ended = await bench.run(['run', '--suite', 'ingress']);
      expect([ended.code, ended.report?.verdict]).toEqual([0, 'healthy']);
      expect(new Set(answersOf(ended).map(({ asked }) => asked.protocol))).toEqual(new Set(['http']));
      expect(answersOf(ended, 'platform.keybuzz.io').map(({ asked }) => asked.protocol)).toContain('https');
    } finally {
      await patch('add', spec.tls);
    }
  });
});
