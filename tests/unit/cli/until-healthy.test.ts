import { afterAll, expect, test } from 'vitest';
import { kubeconfigText } from '../cluster/fake-api.ts';
import { freePort } from '../nodes/sshd.ts';
import { Desk } from './netwright.ts';

const desk = new Desk();
afterAll(() => desk[Symbol.dispose]());

test('A run until it is healthy is begun again where it failed, and ends with the code of the last', async () => {
  const server = `http://127.0.0.1:${await freePort()}`;
  const env = { NETWRIGHT_KUBECONFIG: desk.write('kubeconfig', kubeconfigText({ server })) };
  const { code, stderr } = await desk.run(['run', '--until-healthy', '45s'], env);
  expect(code).toBe(3);
  expect(stderr).toContain('run 1 ended with exit code 3; again in 5 s');
  expect(stderr.match(/api-refused/g)?.length).toBeGreaterThan(1);
}, 150_000);

test('A run until it is healthy is not begun again for what another run would not change', async () => {
  const { code, stderr } = await desk.run(['run', '--until-healthy', '10m'], { NETWRIGHT_NO_SUCH: '1' });
  expect([code, stderr]).toEqual([2, expect.stringContaining('NETWRIGHT_NO_SUCH')]);
  const wrong = await desk.run(['run', '--until-healthy', 'soon']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('90s, 10m or 1h')]);
}, 60_000);
