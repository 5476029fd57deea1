import { describe, expect, test } from 'vitest';
import { whyNotAtLocalhost, type NodePortProxy } from '../../../helpers/model/node-port-proxy.ts';
import { readConfigz, readKernel } from '../../../helpers/nodes/node-port-proxy.ts';

/** As kube-proxy 1.34 gives it: Go's own names, of which these are a part. */
const configz = (config: object) =>
  JSON.stringify({ 'kubeproxy.config.k8s.io': { BindAddress: '0.0.0.0', FeatureGates: {}, ...config } });

describe('the configuration of kube-proxy', () => {
  test.each<[string, string, NodePortProxy]>([
    [
      'says its mode, addresses and localhost',
      configz({ Mode: 'iptables', NodePortAddresses: ['10.0.0.0/24'], IPTables: { LocalhostNodePorts: false } }),
      { mode: 'iptables', nodePortAddresses: ['10.0.0.0/24'], localhostNodePorts: false },
    ],
    [
      'says nothing of what it leaves to be chosen',
      configz({ Mode: '', NodePortAddresses: null, IPTables: { LocalhostNodePorts: null } }),
      {},
    ],
    [
      'is read as a file has it, too',
      configz({ mode: 'nftables', nodePortAddresses: ['primary'] }),
      { mode: 'nftables', nodePortAddresses: ['primary'] },
    ],
    ['says nothing where another program answers', '<html>', {}],
  ])('%s', (_title, body, expected) => {
    expect(readConfigz(body)).toEqual(expected);
  });
});

test.each<[string, string, NodePortProxy]>([
  ['nothing of kube-proxy', 'route_localnet 1\n', { routeLocalnet: true }],
  ['its table of nftables', 'route_localnet 0\ntable ip kube-proxy\n', { mode: 'nftables', routeLocalnet: false }],
  ['its device of ipvs', 'route_localnet 0\nipvs\n', { mode: 'ipvs', routeLocalnet: false }],
  ['a file that could not be read', 'route_localnet \n', {}],
])('the kernel shows %s', (_title, output, expected) => {
  expect(readKernel(output)).toEqual(expected);
});

describe('a NodePort at localhost', () => {
  test.each<[string, NodePortProxy, string | undefined]>([
    ['is served by iptables', { mode: 'iptables', routeLocalnet: true, localhostNodePorts: true }, undefined],
    ['is to be served where nothing is known', {}, undefined],
    ['is not by nftables', { mode: 'nftables' }, "kube-proxy's mode nftables does not serve NodePorts there"],
    ['is not by ipvs', { mode: 'ipvs', routeLocalnet: true }, "kube-proxy's mode ipvs does not serve NodePorts there"],
    [
      'is not where that is switched off',
      { mode: 'iptables', localhostNodePorts: false },
      'kube-proxy was told not to serve NodePorts there (localhostNodePorts)',
    ],
    [
      'is not where other addresses are named',
      { mode: 'iptables', nodePortAddresses: ['10.0.0.0/24', 'fd00::/64'] },
      'kube-proxy was told to serve NodePorts at 10.0.0.0/24, fd00::/64 alone (nodePortAddresses)',
    ],
    ['is where loopback is named', { mode: 'iptables', nodePortAddresses: ['127.0.0.0/8'] }, undefined],
    ['is where every address is', { mode: 'iptables', nodePortAddresses: ['0.0.0.0/0'] }, undefined],
    ['is not told by the kernel alone', { routeLocalnet: false }, undefined],
  ])('%s', (_title, proxy, expected) => {
    expect(whyNotAtLocalhost(proxy, 'IPv4')).toBe(expected);
  });

  test('is silent at ::1 in every mode', () => {
    expect(whyNotAtLocalhost({ mode: 'iptables' }, 'IPv6')).toContain('no loopback address of IPv6');
  });
});
