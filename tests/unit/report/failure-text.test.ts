import { describe, expect, test } from 'vitest';
import { failureText } from '../../../helpers/report/failure-text.ts';
import { pairLine } from '../../../helpers/report/pair-line.ts';
import { mesh, overlayOutage, probe } from './mesh.ts';
import { probeOf } from '../../support/observations.ts';

describe('the text of a failing symptom', () => {
  test('has the pattern first, then the pairs with their addresses', () => {
    const text = failureText(mesh(overlayOutage, ['pod-pod']).filter(({ kind }) => kind === 'payload'));
    expect(text).toMatchInlineSnapshot(`
      "every pair that crosses nodes fails, every pair on one node passes (6 of 9 probes failed)
        k3s-master-01 (10.42.0.2) → k3s-worker-01 (10.42.1.2:8377): timeout after 2000 ms
        k3s-master-01 (10.42.0.2) → k3s-worker-02 (10.42.2.2:8377): timeout after 2000 ms
        k3s-worker-01 (10.42.1.2) → k3s-master-01 (10.42.0.2:8377): timeout after 2000 ms
        k3s-worker-01 (10.42.1.2) → k3s-worker-02 (10.42.2.2:8377): timeout after 2000 ms
        k3s-worker-02 (10.42.2.2) → k3s-master-01 (10.42.0.2:8377): timeout after 2000 ms
        k3s-worker-02 (10.42.2.2) → k3s-worker-01 (10.42.1.2:8377): timeout after 2000 ms"
    `);
  });

  test('of probes that all fail is told by those beside them that were not selected', () => {
    const seen = mesh(overlayOutage);
    const chosen = seen.filter(
      ({ source, destination, pathClass }) => pathClass === 'pod-pod' && source.node !== destination.node,
    );
    expect(failureText(chosen, { among: seen }).split('\n')[0]).toBe(
      'every pair that crosses nodes fails, every pair on one node passes (12 of 12 probes failed)',
    );
    expect(failureText(chosen).split('\n')[0]).toBe('all 12 fail');
    expect(failureText(chosen.slice(0, 6), { among: chosen }).split('\n')[0]).toBe('all 6 fail');
  });

  test('of a large cluster is cut to 25 lines and says how many more there are and where', () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      probe({
        id: `p${index}`,
        source: { node: `n${index}` },
        destination: { node: 'm' },
        verdict: 'fail',
        reason: 'timeout',
      }),
    );
    const lines = failureText(many).split('\n');
    expect(lines).toHaveLength(25);
    expect(lines.at(-1)).toBe('  and 37 more in observations.ndjson');
  });

  test('tells equal lines once, with their number', () => {
    const twice = ['a', 'b'].map((id) =>
      probe({ id, source: { node: 'n' }, destination: { node: 'm' }, verdict: 'fail', reason: 'reset' }),
    );
    expect(failureText(twice)).toBe('all 2 fail\n  n → m: reset (2 times)');
  });
});

describe('a probe in a line', () => {
  test.each([
    [
      'between pods',
      probeOf('payload', {
        verdict: 'fail',
        source: { network: 'pod', node: 'k3s-worker-01', ip: '10.42.1.2' },
        destination: { network: 'pod', node: 'k3s-worker-02', ip: '10.42.2.2', port: 8080 },
        reason: 'timeout after 2000 ms',
      }),
      'k3s-worker-01 (10.42.1.2) → k3s-worker-02 (10.42.2.2:8080): timeout after 2000 ms',
    ],
    [
      'to a Service from the host network',
      probeOf('http', {
        verdict: 'fail',
        source: { network: 'host', node: 'w1', ip: '10.0.0.110' },
        destination: { ip: '10.43.92.243', port: 8080, name: 'keybuzz/keybuzz-api' },
        reason: 'timeout after 2000 ms',
      }),
      'w1, host network (10.0.0.110) → keybuzz/keybuzz-api (10.43.92.243:8080) [/health]: timeout after 2000 ms',
    ],
    [
      'from the runner to a host through a worker',
      probeOf('payload', {
        verdict: 'fail',
        source: { network: 'runner' },
        destination: { network: 'host', node: 'w1', ip: '10.0.0.110', port: 443, name: 'my.keybuzz.io' },
        reason: 'status 503',
      }),
      'the runner → my.keybuzz.io on w1 (10.0.0.110:443): status 503',
    ],
    [
      'of a name to a CoreDNS replica',
      probeOf('dns', {
        verdict: 'fail',
        source: { network: 'pod', node: 'w1', ip: '10.42.1.2' },
        destination: { network: 'pod', node: 'w2', pod: 'coredns-x', name: 'coredns-x', ip: '10.42.2.9', port: 53 },
        asked: { name: 'a.b.svc' },
        reason: 'timeout',
      }),
      'w1 (10.42.1.2) → w2 (10.42.2.9:53) [A a.b.svc udp]: timeout',
    ],
    [
      'of a large payload over IPv6',
      probeOf('payload', {
        verdict: 'fail',
        source: { node: 'w1', ip: 'fd00::1' },
        destination: { node: 'w2', ip: 'fd00::2', port: 8377 },
        asked: { payloadBytes: 1372 },
        reason: 'message too large',
      }),
      'w1 (fd00::1) → w2 ([fd00::2]:8377) [1372 bytes]: message too large',
    ],
    [
      'to a proxy that answered with a page',
      probeOf('payload', {
        verdict: 'fail',
        source: { network: 'runner' },
        destination: { name: 'my.keybuzz.io', ip: '10.0.0.5', port: 443 },
        reason: 'status 504: <html>\n<head><title>504 Gateway Time-out</title></head>\n<body><hr>nginx</body></html>',
      }),
      'the runner → my.keybuzz.io (10.0.0.5:443): status 504: 504 Gateway Time-out',
    ],
    [
      'by SSH on the node itself',
      probeOf('payload', {
        verdict: 'fail',
        source: { network: 'ssh', node: 'w1', ip: '10.0.0.110' },
        destination: { network: 'host', node: 'w1', ip: '127.0.0.1', port: 30080 },
        reason: 'refused',
      }),
      'w1 by SSH (10.0.0.110) → w1, host network (127.0.0.1:30080): refused',
    ],
  ])('%s', (_, observation, line) => {
    expect(pairLine(observation)).toBe(line);
  });
});
