import { describe, expect, it } from 'vitest';
import { acceptancePoints } from '../../../../helpers/diagnose/acceptance/points/index.ts';
import { viewOf } from '../../../../helpers/diagnose/view/view.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { CALICO_FILE, distinctIds, FLANNEL_FILE, link, MOVED } from '../../../support/acceptance.ts';
import { fact } from '../../../support/cluster.ts';

const MASQUERADE = {
  family: 'ip' as const,
  table: 'nat',
  chain: 'FLANNEL-POSTRTG',
  matches: [],
  statements: [],
  text: 'FLANNEL-POSTRTG',
  verdict: { kind: 'masquerade' as const },
};
const IPTABLES = { program: 'iptables' as const, chains: [], rules: [MASQUERADE], sets: [] };

const remedyOf = (title: string, ...more: readonly Observation[]): string | undefined =>
  acceptancePoints(viewOf(distinctIds([...MOVED, ...more]))).find((point) => point.title === title)?.remedy;

describe('the remedy of what a former network left', () => {
  const title = 'nothing of a former network acts on packets';

  it('is what to type, node by node: files, devices, chains in the backend that has them', () => {
    expect(
      remedyOf(
        title,
        fact('ssh/cni-files', [FLANNEL_FILE, CALICO_FILE], 'a'),
        fact('ssh/ip-link', [link('flannel.1'), link('cni0')], 'b'),
        fact('ssh/iptables-save', IPTABLES, 'b'),
      ),
    ).toBe(
      'on a as root: rm /etc/cni/net.d/10-flannel.conflist; on b as root: ip link delete cni0; ip link delete ' +
        "flannel.1; iptables-save | grep -vE 'FLANNEL|flanneld' | iptables-restore; or restart the node",
    );
  });

  it('leaves a bridge that still carries pods, which would be cut', () => {
    expect(
      remedyOf(
        title,
        fact('ssh/cni-files', [FLANNEL_FILE, CALICO_FILE], 'b'),
        fact('ssh/ip-link', [link('cni0'), link('veth1', { master: 'cni0' })], 'b'),
      ),
    ).toBe('on b as root: rm /etc/cni/net.d/10-flannel.conflist; or restart the node');
  });
});

describe("Calico under flannel's tunnel", () => {
  const title = 'nothing of a former network acts on packets';
  const tunnel = { kind: 'flannel-vxlan' as const, vni: 1, device: 'flannel.1', source: 'annotations' };
  const verdictUnder = (overlay: typeof tunnel & { policies?: 'calico' }) =>
    acceptancePoints(viewOf(distinctIds([...MOVED, fact('overlay', overlay)]))).find((point) => point.title === title)
      ?.verdict;

  it('is what runs where it keeps the policies, as in Canal, and else a former network', () => {
    expect(verdictUnder({ ...tunnel, policies: 'calico' })).toBe('pass');
    expect(verdictUnder(tunnel)).toBe('fail');
  });
});
