import type { FaultContext } from '../faults/lib/context.ts';

/** flannel's rules begin and end with this word, those of K3s' policy controller have one of the others. */
const CHAINS = 'FLANNEL|flanneld|KUBE-ROUTER|KUBE-POD-FW|KUBE-NWPLCY';

/**
 * What a switch leaves of flannel, and what its documents say to take away. Rule by rule: who writes a whole table back
 * takes away what felix and kube-proxy have put there meanwhile.
 */
const script = (tunnel: string): string => `
for device in ${tunnel} cni0; do ip link del $device 2> /dev/null || true; done
for tables in iptables iptables-legacy; do
  command -v $tables-save > /dev/null || continue
  $tables-save | awk '
    /^\\*/ { print; count = 0 }
    /^-A/ && /${CHAINS}/ { sub(/^-A/, "-D"); print }
    /^:/ && /${CHAINS}/ { sub(/^:/, "-X "); chains[count++] = $1 " " $2 }
    /^COMMIT/ { for (at = 0; at < count; at++) print chains[at]; print }
  ' | $tables-restore -w 10 --noflush
done
rm -rf /var/lib/cni/networks/cbr0`;

/** Takes away what flannel has left on every node: devices and with them routes, rules, addresses it had given. */
export async function takeLeftOversAway(lab: FaultContext): Promise<void> {
  await Promise.all(lab.status.nodes.map(({ name }) => lab.onNode(name, ['bash', '-ec', script(lab.tunnel)])));
}
