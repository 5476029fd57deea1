import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabBench } from './bench.ts';

let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
});
afterAll(() => bench[Symbol.dispose]());

describe('a run in which nothing of what was asked for exists', () => {
  it('is not healthy: every symptom is skipped with its reason', async () => {
    const { code, report } = await bench.run(['run', '--suite', 'node-port'], {
      NETWRIGHT_SERVICES: 'keybuzz-ui:80',
      NETWRIGHT_CANARY_NODEPORT: '0',
      NETWRIGHT_SSH_USER: '',
      NETWRIGHT_SSH_KEY: '',
      NETWRIGHT_SSH_KNOWN_HOSTS: '',
    });
    expect([code, report?.verdict]).toEqual([3, 'inconclusive']);
    expect(report?.symptoms.map(({ verdict, text }) => `${verdict}: ${text}`)).toMatchInlineSnapshot(`
      [
        "skipped: no Service of the targets has a NodePort (NETWRIGHT_SERVICES, NETWRIGHT_CANARY_NODEPORT)",
        "skipped: no Service of the targets has a NodePort (NETWRIGHT_SERVICES, NETWRIGHT_CANARY_NODEPORT)",
        "skipped: SSH to the nodes is not configured (NETWRIGHT_SSH_USER)",
      ]
    `);
  });
});
