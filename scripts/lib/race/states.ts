/** In what the lab is when the contestants look at it. */
export interface State {
  id: string;
  title: string;
  /** The lab fault that makes it so. */
  fault?: string;
}

export const STATES: readonly State[] = [
  { id: 'healthy', title: 'healthy' },
  { id: 'dropped', title: 'UDP 8472 dropped between all nodes', fault: 'vxlan-port-filtered-in-path/all' },
  { id: 'firewall', title: "one node's firewall drops UDP 8472", fault: 'host-firewall-drops-vxlan/one-node' },
];
