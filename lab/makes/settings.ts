/** In which ordinary things a lab differs from the usual one. Plain data: it is recorded in the lab's state. */
export interface LabSettings {
  /** flannel's backend. */
  backend: 'vxlan' | 'host-gw';
  /** UDP port of flannel's VXLAN. */
  vxlanPort: number;
  /** Its network identifier, after which flannel names the tunnel device. */
  vni: number;
  /** Domain of the cluster's names. */
  clusterDomain: string;
}

/** flannel's defaults on Linux, and K3s' with it; Kubernetes' usual domain. */
export const USUAL: LabSettings = { backend: 'vxlan', vxlanPort: 8472, vni: 1, clusterDomain: 'cluster.local' };

/** One ordinary way in which users' clusters differ: `KEY=VALUE` of `lab up --make`. */
export interface Make {
  key: string;
  /** What it makes of the lab, in one clause. */
  meaning: string;
  /** Its values, as words. */
  values: string;
  /** A value as settings; undefined where it is none. */
  read: (value: string) => Partial<LabSettings> | undefined;
}

/** A whole number in a range; undefined where the text is none. */
export function wholeNumber(text: string, from: number, to: number): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= from && number <= to ? number : undefined;
}
