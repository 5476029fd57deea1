import { hasFlannel } from '../../makes/network.ts';
import { FELIX_CONFIGURATION } from '../lib/calico.ts';
import type { FaultContext } from '../lib/context.ts';
import { specOf } from '../lib/places.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'mtu-overlay-too-large';
/** So much less than the nodes believe in: a private network of Hetzner Cloud carries 1450 of 1500. */
const LESS = 50;

/** What each of Calico's encapsulations takes: its documentation, "Configure MTU to maximize network performance". */
const OVERHEADS = { vxlanMTU: 50, ipipMTU: 20 };

/**
 * felix looks at its uplinks once a minute, and takes a smaller size for its tunnel. One that was told a size keeps it,
 * as where veth_mtu of the manifest's ConfigMap or vxlanMTU is set.
 */
async function keepSizes(lab: FaultContext, mtu: number): Promise<void> {
  await lab.change('default', FELIX_CONFIGURATION, (configuration) => {
    for (const [key, overhead] of Object.entries(OVERHEADS)) specOf(configuration)[key] = mtu - overhead;
  });
}

async function lowerUplinks(lab: FaultContext): Promise<void> {
  const { name: card, mtu } = lab.overlayCard;
  if (!hasFlannel(lab.status.settings)) await keepSizes(lab, mtu);
  for (const { name } of lab.status.nodes) {
    await lab.inNetwork(
      name,
      ['ip', 'link', 'set', card, 'mtu', String(mtu - LESS)],
      ['ip', 'link', 'set', card, 'mtu', String(mtu)],
    );
  }
}

export const faults: LabFault[] = [
  {
    id: `${code}/hidden-by-fragments`,
    code,
    title: `uplinks of ${LESS} bytes less under pods' devices that need them: everything passes, in fragments`,
    takes: 'none',
    inject: lowerUplinks,
    expected: everywhere,
  },
  {
    id: `${code}/fragments-dropped`,
    code,
    title: `uplinks of ${LESS} bytes less under pods' devices that need them, and the wire drops fragments`,
    takes: 'none',
    inject: async (lab) => {
      await lowerUplinks(lab);
      await lab.inFabric('ip frag-off & 0x3fff != 0 counter drop');
    },
    expected: everywhere,
    also: ['fragments-dropped-in-path'],
  },
];
