import { join } from 'node:path';
import { inNode, runningNode } from '../../../lab/enter.ts';
import { labStatus } from '../../../lab/index.ts';
import type { Kit } from '../../../lab/kit.ts';
import { run } from '../../../lab/run-in.ts';
import { AGNHOST, DNSUTILS } from '../../../lab/images/agnhost.ts';

/** Gives every node of a lab an image from an archive, under the names that the specs ask for. */
export async function importImage(lab: string, kit: Kit, archive: string): Promise<void> {
  const { nodes } = await labStatus(lab);
  const base = AGNHOST.slice(0, AGNHOST.lastIndexOf(':'));
  for (const { name } of nodes) {
    const node = await runningNode(lab, name);
    const ctr = (...args: string[]) => run(inNode(node, [join(kit.binDir, 'ctr'), '-n', 'k8s.io', 'images', ...args]));
    await ctr('import', '--base-name', base, archive);
    await ctr('tag', '--force', AGNHOST, DNSUTILS);
  }
}
