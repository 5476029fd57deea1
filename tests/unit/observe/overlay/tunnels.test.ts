import { describe, expect, it } from 'vitest';
import type { Overlay, TunnelFacts } from '../../../../helpers/model/overlay.ts';
import type { RunContext } from '../../../../helpers/model/run-context.ts';
import { observeTunnels } from '../../../../helpers/observe/overlay/tunnels.ts';
import { Recorder } from '../../../../helpers/observe/recorder.ts';
import { fleetThatAnswers } from '../support/fleet.ts';

const overlay: Overlay = { kind: 'flannel-vxlan', vni: 1, device: 'flannel.1', source: 'annotations' };
const context = {
  settings: { timeoutMs: 100 },
  topology: { overlay },
  pods: [{ node: 'a', network: 'host', namespace: 'n', pod: 'p', ip: '10.0.0.1' }],
} as unknown as RunContext;

const withSockets = (...ports: number[]): TunnelFacts => ({
  annotations: {},
  devices: ['eth0', 'flannel.1'],
  sockets: ports.map((port) => ({ address: '0.0.0.0', port, uid: 0 })),
});

/** A node whose tunnel device receives what comes to one of its ports. */
async function observe(facts: TunnelFacts, ...own: number[]) {
  let received = 5;
  const asked: number[] = [];
  const fleet = fleetThatAnswers((spec) => {
    if (spec.kind === 'burst') {
      asked.push(spec.port);
      if (own.includes(spec.port)) received += spec.count;
      return { succeeded: 1, got: { sent: spec.count } };
    }
    const devices = { 'flannel.1': { rx_packets: received } };
    const softnet = { processed: 0, dropped: 0, timeSqueeze: 0 };
    return { succeeded: 1, got: { counters: { takenAtMs: 1, devices, snmp: {}, netstat: {}, softnet } } };
  });
  const recorder = new Recorder(undefined, 't');
  const tunnels = await observeTunnels(context, new Map([['a', facts]]), { fleet, recorder, concurrency: 1 });
  return { tunnel: tunnels.get('a'), asked, recorded: recorder.observations };
}

describe('the port of a tunnel', () => {
  it('is believed where only one is usual, and nothing is sent', async () => {
    const { tunnel, asked } = await observe(withSockets(4789, 5353), 4789);
    expect({ port: tunnel?.port, asked }).toEqual({ port: 4789, asked: [] });
  });

  it('is the one of several from which the device receives what the node sends to itself', async () => {
    const { tunnel, asked } = await observe(withSockets(8472, 4789), 4789);
    expect(tunnel).toMatchObject({ port: 4789, device: 'flannel.1' });
    expect(tunnel).not.toHaveProperty('candidates');
    expect(asked).toEqual([8472, 4789]);
  });

  it('may be one that no tunnel usually has', async () => {
    expect((await observe(withSockets(7777, 9999), 9999)).tunnel).toMatchObject({ port: 9999 });
  });

  it('stays open where the device receives nothing, with what it may be', async () => {
    const { tunnel } = await observe(withSockets(8472, 4789));
    expect(tunnel?.port).toBeUndefined();
    expect(tunnel).toMatchObject({ candidates: [8472, 4789], source: expect.stringContaining('either may be') });
  });

  it('is recorded for each node, with what says so', async () => {
    const { recorded } = await observe(withSockets(4789), 4789);
    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'fact',
        key: 'tunnel',
        node: 'a',
        value: { device: 'flannel.1', vni: 1, port: 4789, source: expect.stringContaining('socket is open') },
      }),
    ]);
  });
});
