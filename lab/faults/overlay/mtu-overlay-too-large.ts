import type { FaultContext } from '../lib/context.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'mtu-overlay-too-large';
/** What a private network of Hetzner Cloud carries; the lab's nodes believe in 1500. */
const WIRE = 1450;

async function lowerUplinks(lab: FaultContext): Promise<void> {
  for (const { name } of lab.status.nodes) {
    await lab.inNetwork(
      name,
      ['ip', 'link', 'set', 'eth0', 'mtu', String(WIRE)],
      ['ip', 'link', 'set', 'eth0', 'mtu', '1500'],
    );
  }
}

export const faults: LabFault[] = [
  {
    id: `${code}/hidden-by-fragments`,
    code,
    title: `uplinks of ${WIRE} bytes under pods' devices that need 1500: everything passes, in fragments`,
    takes: 'none',
    inject: lowerUplinks,
    expected: everywhere,
  },
  {
    id: `${code}/fragments-dropped`,
    code,
    title: `uplinks of ${WIRE} bytes under pods' devices that need 1500, and the wire drops fragments`,
    takes: 'none',
    inject: async (lab) => {
      await lowerUplinks(lab);
      await lab.inFabric('ip frag-off & 0x3fff != 0 counter drop');
    },
    expected: everywhere,
    also: ['fragments-dropped-in-path'],
  },
];
