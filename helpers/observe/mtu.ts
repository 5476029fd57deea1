import { holderOf, looksLikeCard } from '../model/devices.ts';
import type { HostLink } from '../model/facts/agent.ts';
import type { RunContext } from '../model/run-context.ts';
import { readFacts } from './facts.ts';
import type { Fleet } from './fleet.ts';
import type { MeshMtus } from './plans/pod-mesh.ts';

/** Ethernet's MTU, used when none could be read. */
const DEFAULT_MTU_BYTES = 1500;

/**
 * MTU of the device that has an address, however it is called (bridges, VLANs); where none has it, the smallest of what
 * looks like a card.
 */
export function uplinkMtu(links: readonly HostLink[], ip: string): number | undefined {
  const own = holderOf(links, ip);
  if (own?.mtu !== undefined && own.name !== 'lo') return own.mtu;
  const cards = links.flatMap(({ name, mtu }) => (looksLikeCard(name) && mtu !== undefined ? [mtu] : []));
  return cards.length > 0 ? Math.min(...cards) : undefined;
}

/** The smallest MTU of the devices that pods and nodes send by, over all nodes: what must pass whole everywhere. */
export async function pathMtus(context: RunContext, fleet: Fleet, signal?: AbortSignal): Promise<MeshMtus> {
  const readings = await Promise.all(
    context.pods.map(async ({ node, network, ip }) => {
      const facts = await readFacts(fleet, { network, node }, ['links'], signal);
      return { network, mtuBytes: uplinkMtu(facts('links').value ?? [], ip) };
    }),
  );
  const least = (wanted: 'pod' | 'host') =>
    Math.min(
      ...readings.flatMap(({ network, mtuBytes }) => (network === wanted && mtuBytes !== undefined ? [mtuBytes] : [])),
    );
  const or = (value: number) => (Number.isFinite(value) ? value : DEFAULT_MTU_BYTES);
  return { podBytes: or(least('pod')), hostBytes: or(least('host')) };
}
