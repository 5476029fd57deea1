import type { RunContext } from '../model/run-context.ts';
import { readFacts } from './facts.ts';
import type { Fleet } from './fleet.ts';
import type { MeshMtus } from './plans/pod-mesh.ts';

/** Ethernet's MTU, used when none could be read. */
const DEFAULT_MTU_BYTES = 1500;

/** The smallest MTU of the devices that pods and nodes send by, over all nodes: what must pass whole everywhere. */
export async function pathMtus(context: RunContext, fleet: Fleet, signal?: AbortSignal): Promise<MeshMtus> {
  const readings = await Promise.all(
    context.pods.map(async ({ node, network }) => {
      const facts = await readFacts(fleet, { network, node }, ['links'], signal);
      const uplinks = (facts('links').value ?? []).flatMap(({ name, mtu }) =>
        /^(eth|en|bond|wlan)/.test(name) && mtu !== undefined ? [mtu] : [],
      );
      return { network, mtuBytes: uplinks.length > 0 ? Math.min(...uplinks) : undefined };
    }),
  );
  const least = (wanted: 'pod' | 'host') =>
    Math.min(
      ...readings.flatMap(({ network, mtuBytes }) => (network === wanted && mtuBytes !== undefined ? [mtuBytes] : [])),
    );
  const or = (value: number) => (Number.isFinite(value) ? value : DEFAULT_MTU_BYTES);
  return { podBytes: or(least('pod')), hostBytes: or(least('host')) };
}
