import { wholeNumber, type Make } from './settings.ts';

/** The controller manager takes this for each family by itself where there are two, and not else. */
const FLAG = '--node-cidr-mask-size';

/** 24 is Kubernetes' default; GKE's nodes have 24 to 28 by how many pods they take, OpenShift's 23. */
export const nodeMask: Make = {
  key: 'node-mask',
  meaning: 'size of the range of pods that each node gets',
  values: '20 to 27',
  read: (value) => {
    const number = wholeNumber(value, 20, 27);
    return number === undefined ? undefined : { nodeMask: number };
  },
};

/** How the controller manager is told. */
export const nodeMaskFlag = (families: 'ipv4' | 'dual' | 'ipv6', mask: number): string =>
  families === 'ipv6' ? `${FLAG}=64` : `${FLAG}${families === 'dual' ? '-ipv4' : ''}=${mask}`;
