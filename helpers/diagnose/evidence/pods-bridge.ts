import { oncePerView } from '../view/once.ts';

/** As flannel's plug-in calls the bridge that it has made for pods, where its configuration does not say otherwise. */
export const FLANNELS_BRIDGE = 'cni0';

/** Bridges of what else runs containers on a node: Docker, Podman, libvirt, LXD. */
const OF_OTHERS = /^(docker\d+|br-[0-9a-f]{12}|podman\d+|cni-podman\d+|virbr\d+|lxdbr\d+|lxcbr\d+)$/;

/** Ends of pods that a plug-in routes to, without a bridge: Calico's (also in Canal), Cilium's, AWS' and Azure's. */
const ROUTED = /^(cali[0-9a-f]{11}|lxc[0-9a-f_]+|eni[0-9a-f]{11}|azv[0-9a-f]+)$/;

/**
 * The bridge that pods are at, by the same name on all nodes: undefined where a plug-in gives them ends that it routes
 * to, as in Canal, whose tunnel is flannel's.
 */
export const podsBridge = oncePerView((view): string | undefined => {
  if (view.cluster.overlay?.value.policies !== undefined) return undefined;
  const links = view.nodes.flatMap((node) => view.host(node).links?.value ?? []);
  if (links.some(({ name }) => name === FLANNELS_BRIDGE)) return FLANNELS_BRIDGE;
  if (links.some(({ name }) => ROUTED.test(name))) return undefined;
  const bridges = links.flatMap(({ name, master }) =>
    name.startsWith('veth') && master !== undefined && !OF_OTHERS.test(master) ? [master] : [],
  );
  const [most] = [...Map.groupBy(bridges, (name) => name)].toSorted(([, a], [, b]) => b.length - a.length);
  return most?.[0] ?? FLANNELS_BRIDGE;
});
