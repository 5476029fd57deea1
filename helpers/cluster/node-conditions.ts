import type { V1Node } from '@kubernetes/client-node';
import type { NodeInfo } from '../model/topology.ts';
import { redactText } from '../redact.ts';

/** The kubelet's own; others are of node-problem-detector and the like, which each mean something else. */
const SOUND: Readonly<Record<string, string>> = {
  Ready: 'True',
  DiskPressure: 'False',
  MemoryPressure: 'False',
  PIDPressure: 'False',
  NetworkUnavailable: 'False',
};
/** Of taints those that the node controller, the kubelet or a cloud controller puts there. */
const OWN_TAINTS = ['node.kubernetes.io/', 'node.cloudprovider.kubernetes.io/'];
const MOST_OF_A_MESSAGE = 600;

/** Conditions of a node that are not as on a sound one; nothing where all are. */
export function badConditions({ status }: V1Node): Pick<NodeInfo, 'conditions'> {
  const bad = (status?.conditions ?? []).filter(
    (each) => SOUND[each.type] !== undefined && each.status !== SOUND[each.type],
  );
  if (bad.length === 0) return {};
  return {
    conditions: bad.map(({ type, status: is, reason, message, lastHeartbeatTime, lastTransitionTime }) => ({
      type,
      status: is,
      reason,
      message: message === undefined ? undefined : redactText(message).slice(0, MOST_OF_A_MESSAGE),
      heardAt: lastHeartbeatTime?.toISOString(),
      since: lastTransitionTime?.toISOString(),
    })),
  };
}

/** Its taints but those that an operator has chosen; nothing where there is none. */
export function taintsOf({ spec }: V1Node): Pick<NodeInfo, 'taints'> {
  const own = (spec?.taints ?? []).filter(({ key }) => OWN_TAINTS.some((prefix) => key.startsWith(prefix)));
  return own.length === 0 ? {} : { taints: own.map(({ key, effect }) => `${key}:${effect}`) };
}
