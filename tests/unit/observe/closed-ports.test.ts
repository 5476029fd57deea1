import { describe, expect, it } from 'vitest';
import type { ProbeObservation } from '../../../helpers/model/observation.ts';
import { closedPortsAsEvidence } from '../../../helpers/observe/closed-ports.ts';
import { failing } from '../../support/cluster.ts';
import { at, probeOf, type Fields } from '../../support/observations.ts';

const hosts = (from: string, to: string, fields: Fields<'payload'> = {}) =>
  probeOf('payload', {
    pathClass: 'host-host',
    source: at('host', from),
    destination: at('host', to, { ip: `ip-${to}`, port: 18377 }),
    ...fields,
  });
const datagrams = (from: string, to: string, fields: Fields<'udp-echo'> = {}) =>
  probeOf('udp-echo', {
    pathClass: 'host-host',
    source: at('host', from),
    destination: at('host', to, { ip: `ip-${to}`, port: 18377 }),
    ...fields,
  });
const nodePort = (role: 'from-node' | 'from-runner', source: Fields<'tcp'>['source'], fields: Fields<'tcp'> = {}) =>
  probeOf('tcp', { suite: 'node-port', role, source, destination: { node: 'b', ip: 'ip-b', port: 30080 }, ...fields });

const verdicts = (...probes: ProbeObservation[]) => closedPortsAsEvidence(probes).map(({ verdict }) => verdict);
const silent = failing('timeout');

describe("a port of Netwright's own at a node", () => {
  it.each(['timeout', 'no-reply', 'refused', 'prohibited', 'no-route'] as const)(
    'that answers nothing of what a node sends it is evidence: %s',
    (errorKind) => {
      expect(verdicts(hosts('a', 'b', failing(errorKind)))).toEqual(['evidence']);
    },
  );

  it('keeps how it was not answered, and says that it need not be open', () => {
    const [probe] = closedPortsAsEvidence([hosts('a', 'b', silent)]);
    expect(probe).toMatchObject({ errorKind: 'timeout', reason: 'need not be open: timeout', succeeded: 0 });
  });

  it('that answers small packets and no large ones fails: it is open', () => {
    expect(verdicts(hosts('a', 'b'), hosts('a', 'b', { role: 'tcp-large', ...silent }))).toEqual(['pass', 'fail']);
  });

  it('that answers the node and not its pods fails', () => {
    const fromPod = hosts('a', 'b', { pathClass: 'pod-host', source: at('pod', 'a'), ...silent });
    expect(verdicts(hosts('a', 'b'), fromPod)).toEqual(['pass', 'fail']);
  });

  it('is judged by each asking node, and TCP and UDP apart', () => {
    const probes = [hosts('a', 'b'), hosts('c', 'b', silent), datagrams('a', 'b', silent)];
    expect(verdicts(...probes)).toEqual(['pass', 'evidence', 'evidence']);
  });

  it('that loses a part fails, and so does one that sends something else back', () => {
    const part = datagrams('a', 'b', { ...failing('partial-loss'), attempts: 10, succeeded: 4 });
    expect(verdicts(part, hosts('a', 'b', failing('wrong-answer')))).toEqual(['fail', 'fail']);
  });

  const own = hosts('b', 'b', { pathClass: 'pod-host', source: at('pod', 'b'), ...silent });

  it("that answers other nodes and not the node's own pods fails", () => {
    expect(verdicts(hosts('a', 'b'), own)).toEqual(['pass', 'fail']);
  });

  it("that answers neither other nodes nor the node's own pods is evidence", () => {
    expect(verdicts(hosts('a', 'b', silent), own)).toEqual(['evidence', 'evidence']);
  });

  it("that no other node asked fails where the node's own pods hear nothing", () => {
    expect(verdicts(own)).toEqual(['fail']);
  });
});

describe('what is not a port of Netwright at a node', () => {
  it.each([
    ['a pod', hosts('a', 'b', { pathClass: 'pod-pod', destination: at('pod', 'b'), ...silent })],
    ['an address that only the tunnel leads to', datagrams('a', 'b', { role: 'tunnel-echo', ...silent })],
  ])('fails: %s', (_, probe) => {
    expect(verdicts(probe)).toEqual(['fail']);
  });
});

describe('a NodePort that another node is not let in to', () => {
  it('is evidence where it answers from outside', () => {
    expect(
      verdicts(nodePort('from-runner', { network: 'runner' }), nodePort('from-node', at('host', 'a'), silent)),
    ).toEqual(['pass', 'evidence']);
  });

  it('fails where it does not answer from outside either', () => {
    const probes = [
      nodePort('from-runner', { network: 'runner' }, silent),
      nodePort('from-node', at('host', 'a'), silent),
    ];
    expect(verdicts(...probes)).toEqual(['fail', 'fail']);
  });
});
