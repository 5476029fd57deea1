import { bare, type OverlayDriver } from './driver.ts';

/** Cilium gives each node an address of its own among the pods', and announces it where it may annotate nodes. */
export const cilium: OverlayDriver = {
  echoAddress: ({ annotations }) => bare(annotations['network.cilium.io/ipv4-cilium-host']),
  burst: 'none',
  mayBeSilent: true,
};
