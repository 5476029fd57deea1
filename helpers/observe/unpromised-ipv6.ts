import { familyOf, type Family } from '../model/family.ts';
import type { ProbeObservation } from '../model/observation.ts';

type Asked = Pick<
  ProbeObservation,
  'role' | 'source' | 'destination' | 'verdict' | 'errorKind' | 'reason' | 'succeeded'
>;

const isOf =
  (family: Family) =>
  ({ destination: { ip = '' } }: Asked): boolean =>
    ip !== '' && familyOf(ip) === family;
const [isIpv4, isIpv6] = [isOf('IPv4'), isOf('IPv6')];
const NODE_PORT_ROLES = new Set<string>(['from-runner', 'from-node']);

/** Whether somebody at the other end said anything. */
const isAnswered = ({ succeeded, errorKind = 'other' }: Asked): boolean =>
  succeeded > 0 || !['timeout', 'no-reply', 'no-route', 'prohibited', 'aborted'].includes(errorKind);

/**
 * Turns into evidence what nobody has promised of IPv6. The machine that runs Netwright need not have a way to the
 * nodes by IPv6: where nothing is answered from there, that is all that is known. An ingress controller need not listen
 * at IPv6, nor kube-proxy serve NodePorts there (nodePortAddresses): where it does on no node, that is its owner's
 * choice. Where any of them answers anywhere, it has to everywhere. A cluster of IPv6 alone promises all of it.
 * Pure; takes what a suite observed together.
 */
export function unpromisedIpv6AsEvidence<T extends Asked>(probes: readonly T[]): T[] {
  const asked = probes.filter(isIpv6);
  if (!probes.some(isIpv4)) return [...probes];
  const isReached = asked.some((probe) => probe.source.network === 'runner' && isAnswered(probe));
  const isListening = asked.some(({ role, succeeded }) => role === 'worker' && succeeded > 0);
  const ofNodePorts = asked.filter(
    ({ role, source }) => NODE_PORT_ROLES.has(role) && (isReached || source.network !== 'runner'),
  );
  const isServed = ofNodePorts.some(({ succeeded, errorKind }) => succeeded > 0 || errorKind !== 'refused');
  const why = ({ role, source }: T): string | undefined => {
    if (NODE_PORT_ROLES.has(role) && !isServed) return 'NodePorts are refused over IPv6 on every node';
    if (source.network === 'runner' && !isReached) return 'nothing is answered over IPv6 from where Netwright runs';
    return role === 'worker' && !isListening ? 'the ingress answers over IPv6 on no node' : undefined;
  };
  return probes.map((probe) => {
    const reason = isIpv6(probe) && probe.verdict === 'fail' ? why(probe) : undefined;
    return reason === undefined
      ? probe
      : { ...probe, verdict: 'evidence', reason: `${reason}: ${probe.reason ?? probe.errorKind}` };
  });
}
