import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../helpers/diagnose/catalogue/index.ts';
import { viewOf } from '../../../helpers/diagnose/view/view.ts';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import type { Overlay } from '../../../helpers/model/overlay.ts';
import type { NodeInfo } from '../../../helpers/model/topology.ts';
import { fact } from '../../support/cluster.ts';
import { at, probeOf } from '../../support/observations.ts';

const info = (name: string, provider?: 'hetzner'): NodeInfo => ({
  name,
  role: 'agent',
  internalIp: '10.0.0.1',
  podCidrs: [],
  ready: true,
  unschedulable: false,
  kubeletVersion: 'v1.34.4',
  annotations: {},
  provider,
});

const overlay: Overlay = { kind: 'flannel-vxlan', vni: 7, device: 'flannel.7', source: 'annotations' };
const tunnel = { device: 'flannel.7', vni: 7, port: 4789, source: 'its socket' };
const cluster = (provider?: 'hetzner') => [
  fact('overlay', overlay),
  ...['a', 'b'].flatMap((name) => [fact('node', info(name, provider), name), fact('tunnel', tunnel, name)]),
];

const place = { from: 'a', to: 'b' };
const lost = { sent: 100, senderUplinkTx: 100, receiverUplinkRx: 0, tunnelRx: 0 };
const filtered = [
  probeOf('burst', {
    id: 'b1',
    source: at('host', 'a'),
    destination: at('host', 'b', { port: 4789 }),
    verdict: 'fail',
    got: { outcome: 'blocked', readings: { ...probeOf('burst').got.readings, ...lost } },
  }),
  probeOf('burst', {
    id: 'b2',
    role: 'plain-burst',
    source: at('host', 'a'),
    destination: at('host', 'b', { port: 4789 }),
    verdict: 'evidence',
    got: { outcome: 'blocked', readings: { ...probeOf('burst').got.readings, ...lost } },
  }),
  probeOf('udp-echo', {
    id: 'c1',
    suite: 'overlay',
    role: 'control-udp',
    source: at('host', 'a'),
    destination: at('host', 'b'),
  }),
];

describe('a finding on a cluster whose flannel has port 4789 and identifier 7', () => {
  const { findings } = diagnose([...cluster(), ...filtered]);

  it('names that port in its title, its remedy and its evidence', () => {
    const [finding] = findings;
    expect(finding).toMatchObject({
      code: 'vxlan-port-filtered-in-path',
      confidence: 'proved',
      title: expect.stringContaining('UDP 4789'),
      remedy: expect.stringContaining('UDP 4789'),
    });
    expect(JSON.stringify(findings)).not.toMatch(/8472|flannel\.1\b/);
  });

  it('has a provider’s advice only where its machines are', () => {
    const advice = (provider?: 'hetzner') =>
      diagnose([...cluster(provider), ...filtered]).findings.map(({ remedy }) => remedy.includes('Hetzner'));
    expect([advice(), advice('hetzner')]).toEqual([[false], [true]]);
  });
});

describe('what a cause says', () => {
  const view = viewOf(cluster('hetzner'));
  const everywhere = {
    ...place,
    node: 'a',
    service: 'shop/api',
    host: 'shop.example',
    endpoint: '10.0.0.1',
    replica: 'r',
  };
  const texts = catalogue.map(({ code, remedy, verify, parts, title }) => ({
    code,
    text: [
      title([everywhere], view),
      ...remedy(view, [everywhere]).map((each) => each.text),
      verify(everywhere, view),
      parts(everywhere, view),
    ].join('\n'),
  }));

  it('names no port and no device that the cluster does not have', () => {
    expect(texts.filter(({ text }) => /8472|flannel\.1\b|undefined/.test(text)).map(({ code }) => code)).toEqual([]);
  });

  it('is said as well where nothing is known of the overlay', () => {
    const empty = viewOf([]);
    for (const { title, remedy, verify, parts } of catalogue)
      expect([
        title([everywhere], empty),
        ...remedy(empty, [everywhere]).map(({ text }) => text),
        verify(everywhere, empty),
        parts(everywhere, empty),
      ]).not.toContainEqual(expect.stringMatching(/undefined|^$/));
  });
});
