import { labStatus } from '../lab/index.ts';

/** Prints, on stderr, how to look at a lab that was left up and how to end it. */
export async function printLookAround(name: string): Promise<void> {
  const { fabric, runner, kubeconfig, nodes, settings } = await labStatus(name);
  const option = name === 'netwright' ? '' : ` --name ${name}`;
  const node = nodes.at(-1)?.name ?? 'NODE';
  process.stderr.write(`
The lab ${name} is still up. To look around:
  npx netwright lab status${option}
  ip netns exec ${runner} kubectl --kubeconfig ${kubeconfig} get pods -A -o wide
  npx netwright lab shell ${node}${option}
  npx netwright lab fault list
  ip netns exec ${fabric} tcpdump -ni br0 udp port ${settings.vxlanPort}
  npx netwright run --target lab:${name}
To end it:
  npx netwright lab down${option}
`);
}
