import { describe, expect, it } from 'vitest';
import { bytesOf, idleRate, requestsOf, sumOf } from '../../../../scripts/lib/race/cost.ts';

const METRICS = `# HELP apiserver_request_total [STABLE] Counter of apiserver requests
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",verb="GET"} 40
apiserver_request_total{code="201",verb="POST"} 1.2e+02
apiserver_request_total_other{code="200"} 1000
apiserver_requests 9
`;

const meter = (requests: number, atMs: number) => ({ requests, bytes: { before: 0, after: 0 }, atMs });

describe('the meter', () => {
  it('sums a counter over its labels, and takes no other whose name begins alike', () => {
    expect(sumOf(METRICS, 'apiserver_request_total')).toBe(160);
    expect(sumOf(METRICS, 'apiserver_requests')).toBe(9);
    expect(sumOf('', 'apiserver_requests')).toBe(0);
  });

  it('counts the bytes of all devices but the loopback', () => {
    const link = (ifname: string, rx: number, tx: number) => ({
      ifname,
      stats64: { rx: { bytes: rx }, tx: { bytes: tx } },
    });
    expect(bytesOf(JSON.stringify([link('lo', 5, 5), link('eth0', 10, 20), link('eth1', 1, 2)]))).toBe(33);
  });

  it('does not count its own reading, nor what the idle cluster asks', () => {
    const idle = idleRate(meter(100, 0), meter(141, 20_000));
    expect(idle).toBe(2);
    expect(requestsOf(meter(200, 0), meter(321, 10_000), idle)).toBe(100);
  });

  it('never counts less than nothing', () => {
    expect(idleRate(meter(100, 0), meter(100, 1000))).toBe(0);
    expect(requestsOf(meter(100, 0), meter(105, 10_000), 2)).toBe(0);
  });
});
