import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { repeat } from '../../../helpers/probe/agent/attempts.ts';
import { burst } from '../../../helpers/probe/agent/burst.ts';
import { tcp } from '../../../helpers/probe/agent/tcp.ts';
import { udpEcho } from '../../../helpers/probe/agent/udp-echo.ts';
import type { BurstSpec, TcpSpec, UdpEchoSpec } from '../../../helpers/probe/protocol.ts';
import { freePort } from './support/agent.ts';

const HOUR_MS = 3_600_000;
const loopback = { id: 'p', host: '127.0.0.1', attempts: 3, intervalMs: HOUR_MS };

const kinds = {
  tcp: (port: number, session: AbortSignal) => {
    const spec: TcpSpec = { ...loopback, kind: 'tcp', port, timeoutMs: 1000 };
    return repeat(spec, tcp, session);
  },
  'udp-echo': (port: number, session: AbortSignal) => {
    const spec: UdpEchoSpec = { ...loopback, kind: 'udp-echo', port, timeoutMs: 1000, payloadBytes: 64 };
    return udpEcho(spec, session);
  },
  burst: (port: number, session: AbortSignal) => {
    const spec: BurstSpec = {
      ...loopback,
      kind: 'burst',
      port,
      timeoutMs: 2 * HOUR_MS,
      vni: 1,
      count: 3,
      payloadBytes: 64,
      shape: 'vxlan',
    };
    return burst(spec, session);
  },
};

describe("the session's end", () => {
  test.each(Object.entries(kinds))('ends the pause between the attempts of a %s probe', async (_kind, start) => {
    const session = new AbortController();
    const ended = start(await freePort(), session.signal);
    setTimeout(() => session.abort(), 100);
    const startedAt = performance.now();
    await ended;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('is listened for by no udp-echo probe that has ended', async () => {
    const session = new AbortController();
    const spec: UdpEchoSpec = { ...loopback, kind: 'udp-echo', port: 9, timeoutMs: 100, payloadBytes: 64, attempts: 1 };
    await udpEcho({ ...spec, port: await freePort() }, session.signal);
    await udpEcho({ ...spec, host: '127.0.0.2' }, session.signal);
    expect(getEventListeners(session.signal, 'abort')).toEqual([]);
  });
});
