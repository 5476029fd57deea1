import type { FaultContext } from '../lib/context.ts';
import { formsOfNodes } from '../lib/places.ts';

const CONFIG = '/etc/cni/net.d/10-flannel.conflist';
const setAll = (value: string): string =>
  `for port in /sys/class/net/cni0/brif/*; do [ -e "$port" ] && echo ${value} > "$port/hairpin_mode"; done; true`;
const setConfig = (from: string, to: string): string =>
  `sed -i 's/"hairpinMode":${from}/"hairpinMode":${to}/' ${CONFIG}`;

/** For the pods that are there, and for those that come. */
async function inject(lab: FaultContext, node: string): Promise<void> {
  await lab.onNode(
    node,
    ['sh', '-c', `${setConfig('true', 'false')}; ${setAll('0')}`],
    ['sh', '-c', `${setConfig('false', 'true')}; ${setAll('1')}`],
  );
}

export const faults = formsOfNodes(
  { code: 'hairpin-off', title: 'the bridge does not send back to the port that a frame came from' },
  inject,
);
