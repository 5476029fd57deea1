import { formOfNode, tunnelAddress } from '../lib/places.ts';

const STRANGE = '192.168.1.125/24';

/** As a DHCP client or network manager does that takes every device for its own. */
export const faults = [
  formOfNode(
    { code: 'tunnel-device-readdressed', title: "the tunnel's device has another address than flannel gave it" },
    async (lab, node) => {
      const own = `${await tunnelAddress(lab, node)}/32`;
      await lab.inNetwork(
        node,
        ['ip', 'addr', 'add', STRANGE, 'dev', lab.tunnel],
        ['ip', 'addr', 'del', STRANGE, 'dev', lab.tunnel],
      );
      await lab.inNetwork(
        node,
        ['ip', 'addr', 'del', own, 'dev', lab.tunnel],
        ['ip', 'addr', 'add', own, 'dev', lab.tunnel],
      );
    },
  ),
];
