import { wholeNumber, type Make } from './settings.ts';

/** 4789 is what RKE2 documents for clusters with Windows nodes, whose flannel can do no other. */
export const vxlanPort: Make = {
  key: 'vxlan-port',
  meaning: "UDP port of flannel's VXLAN",
  values: '1024 to 65535',
  read: (value) => {
    const port = wholeNumber(value, 1024, 65_535);
    return port === undefined ? undefined : { vxlanPort: port };
  },
};
