import { holderOf, looksLikeCard } from '../../model/devices.ts';
import type { NodeInfo } from '../../model/topology.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { HostLink } from './driver.ts';
import { announcedAddress } from '../../model/overlay/index.ts';

export const nodeOf = ({ topology }: RunContext, name: string): NodeInfo | undefined =>
  topology.nodes.find((node) => node.name === name);

/**
 * The address to which peers send what is for a node's pods: the one that the overlay announces, which need not be the
 * node's own.
 */
export function overlayAddress(context: RunContext, name: string): string | undefined {
  const node = nodeOf(context, name);
  return (node && announcedAddress(context.topology.overlay, node.annotations)) || node?.internalIp || undefined;
}

/** Whether the overlay announces another address for a node than the one by which the nodes know it. */
export const isElsewhere = (context: RunContext, name: string): boolean =>
  overlayAddress(context, name) !== nodeOf(context, name)?.internalIp;

/**
 * The device that carries the tunnel of a node: the one with the address that the overlay announces, else with the
 * node's own.
 */
export function uplinkOf(context: RunContext, name: string, links: readonly HostLink[], known: string[]): string {
  return (
    holderOf(links, overlayAddress(context, name))?.name ??
    holderOf(links, nodeOf(context, name)?.internalIp)?.name ??
    known.find(looksLikeCard) ??
    'eth0'
  );
}
