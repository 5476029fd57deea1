import { describe, expect, test } from 'vitest';
import { checkProbePorts } from '../../../helpers/run/check-probe-ports.ts';
import type { Targets } from '../../../helpers/model/targets.ts';
import type { ServiceInfo } from '../../../helpers/model/topology.ts';

const targets = {
  services: [],
  hosts: [],
  ingressHttpPort: 80,
  ingressHttpsPort: 8443,
  ingressNodes: [],
} satisfies Targets;
const services = [
  { namespace: 'keybuzz', name: 'keybuzz-api', ports: [{ port: 8080, nodePort: 30080 }] },
] as unknown as ServiceInfo[];

describe('the ports of the probes on the hosts', () => {
  test('may be any that nothing else is asked at', () => {
    expect(() => checkProbePorts({ hostTcp: 18377, hostUdp: 18377 }, services, targets)).not.toThrow();
  });

  test.each([
    [
      { hostTcp: 30080, hostUdp: 18377 },
      'the probes cannot have port 30080 on the hosts: it is the NodePort of the Service keybuzz/keybuzz-api',
      'choose another by NETWRIGHT_PROBE_HOST_TCP_PORT',
    ],
    [
      { hostTcp: 18377, hostUdp: 30080 },
      'the probes cannot have port 30080 on the hosts: it is the NodePort of the Service keybuzz/keybuzz-api',
      'choose another by NETWRIGHT_PROBE_HOST_UDP_PORT',
    ],
    [
      { hostTcp: 8443, hostUdp: 18377 },
      'the probes cannot have port 8443 on the hosts: it is a port of the ingress',
      'choose another by NETWRIGHT_PROBE_HOST_TCP_PORT',
    ],
  ])('%o are refused, with what is there already and the variable to change', (ports, message, hint) => {
    expect(() => checkProbePorts(ports, services, targets)).toThrow(
      expect.objectContaining({ code: 'probe-port-taken', exitCode: 2, message, hint }),
    );
  });
});
