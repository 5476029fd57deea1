import { holderOf } from '../../model/devices.ts';
import { announcedAddress } from '../../model/overlay/index.ts';
import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import { isLarge } from '../impact.ts';
import type { PairView } from '../view/pairs.ts';
import type { View } from '../view/view.ts';
import { isSmallMesh, networkFailures, overOverlay } from './support.ts';
import { lostOf } from '../view/answers.ts';

/** A pair of nodes between which small packets pass and large ones do not. */
export interface LargeOnly {
  pair: PairView;
  /** Failed large probes over the overlay. */
  failed: ProbeObservation[];
  /** The same between the hosts themselves. */
  hostsFailed: ProbeObservation[];
  /** Only what is sent in fragments fails. */
  fragmentsOnly: boolean;
}

export function largeOnly(view: View): LargeOnly[] {
  return [...view.pairs.values()].flatMap((pair): LargeOnly[] => {
    const mesh = pair.probes.filter(({ suite }) => suite === 'pod-to-pod');
    // Size is at fault only where a small packet of the same kind goes the same way, and none is lost.
    const smallPasses = (probe: ProbeObservation) => {
      const alike = mesh.filter(
        (other) =>
          isSmallMesh(other) && other.pathClass === probe.pathClass && other.kind === probe.kind && isJudged(other),
      );
      return alike.length > 0 && alike.every(({ verdict }) => verdict === 'pass');
    };
    const bySize = networkFailures(mesh.filter((probe) => isLarge(probe) && smallPasses(probe)));
    const failed = bySize.filter(
      (probe) => overOverlay(probe) && (probe.errorKind !== 'partial-loss' || lostOf(probe) === undefined),
    );
    const hostsFailed = bySize.filter(
      ({ pathClass, errorKind }) => pathClass === 'host-host' && errorKind !== 'partial-loss',
    );
    if (failed.length === 0 && hostsFailed.length === 0) return [];
    return [
      {
        pair,
        failed,
        hostsFailed,
        fragmentsOnly: [...failed, ...hostsFailed].every(({ role }) => role === 'udp-fragmented'),
      },
    ];
  });
}

/** The uplink's and the tunnel's MTU of a node, when both were read. */
export function mtusOf(
  view: View,
  node: string,
): { uplink: number; tunnel: number; uplinkName: string; id: string } | undefined {
  const host = view.host(node);
  const info = view.cluster.nodes.get(node)?.value;
  // The tunnel goes by the device with the address that its plugin announces, which need not be the node's own.
  const announced = info && announcedAddress(view.cluster.overlay?.value, info.annotations);
  const uplink = holderOf(host.links?.value, announced ?? info?.internalIp);
  const tunnel = host.link(view.overlay.on(node).device);
  return host.links && uplink?.mtu && tunnel?.mtu
    ? { uplink: uplink.mtu, tunnel: tunnel.mtu, uplinkName: uplink.name, id: host.links.id }
    : undefined;
}
