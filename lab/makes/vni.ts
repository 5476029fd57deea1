import { wholeNumber, type Make } from './settings.ts';

/** Windows nodes need 4096 or above. */
export const vni: Make = {
  key: 'vni',
  meaning: "network identifier of flannel's VXLAN, and the name of its device",
  values: '1 to 16777215',
  read: (value) => {
    const number = wholeNumber(value, 1, 2 ** 24 - 1);
    return number === undefined ? undefined : { vni: number };
  },
};
