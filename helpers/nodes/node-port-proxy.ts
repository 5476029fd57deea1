import type { NodePortProxy } from '../model/node-port-proxy.ts';
import type { NodeConnection } from './connection.ts';
import { runOnNode } from './exec.ts';
import { fetchFromNode } from './fetch.ts';
import { SCRIPT_HEAD } from './shell.ts';

/** Where kube-proxy tells of itself, on the node alone (its default `--metrics-bind-address`). */
const METRICS = 'http://127.0.0.1:10249';
const TIMEOUT_MS = 3_000;

/** Only reads; names of tables alone, since a node's whole ruleset may be large. */
const SCRIPT = `${SCRIPT_HEAD}
echo "route_localnet $(cat /proc/sys/net/ipv4/conf/all/route_localnet 2>/dev/null)"
$R nft list tables 2>/dev/null | grep -x "table ip kube-proxy"
[ -d /proc/sys/net/ipv4/vs ] && [ -d /sys/class/net/kube-ipvs0 ] && echo ipvs
true
`;

type Config = Pick<NodePortProxy, 'nodePortAddresses' | 'localhostNodePorts'> & { mode?: string };

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1]
    : undefined;

/**
 * What kube-proxy's configuration says of NodePorts, from its /configz. The names are Go's own (`NodePortAddresses`),
 * however they are written.
 */
export function readConfigz(body: string): Config {
  try {
    const config = fieldOf(JSON.parse(body), 'kubeproxy.config.k8s.io');
    const [mode, addresses] = [fieldOf(config, 'mode'), fieldOf(config, 'nodeportaddresses')];
    const atLocalhost = fieldOf(fieldOf(config, 'iptables'), 'localhostnodeports');
    return {
      ...(typeof mode === 'string' && mode !== '' && { mode }),
      ...(Array.isArray(addresses) && { nodePortAddresses: addresses.map(String) }),
      ...(typeof atLocalhost === 'boolean' && { localhostNodePorts: atLocalhost }),
    };
  } catch {
    return {};
  }
}

/** What the kernel shows, by the lines of our script. */
export function readKernel(output: string): NodePortProxy {
  const lines = output.split('\n');
  const localnet = lines.find((line) => line.startsWith('route_localnet '))?.split(' ')[1];
  const mode = lines.includes('table ip kube-proxy') ? 'nftables' : lines.includes('ipvs') ? 'ipvs' : undefined;
  return { ...(mode && { mode }), ...(localnet && { routeLocalnet: localnet === '1' }) };
}

/** How NodePorts are served on a node: as kube-proxy says, and where it does not, as the kernel shows. Never throws. */
export async function readNodePortProxy(connection: NodeConnection, signal?: AbortSignal): Promise<NodePortProxy> {
  const options = { timeoutMs: TIMEOUT_MS, signal };
  const [config, mode, kernel] = await Promise.all([
    fetchFromNode(connection, `${METRICS}/configz`, options),
    fetchFromNode(connection, `${METRICS}/proxyMode`, options),
    runOnNode(connection, 'sh -s', { ...options, stdin: SCRIPT }),
  ]);
  const said = mode.status === 200 ? mode.body?.trim() : undefined;
  return {
    ...(kernel.outcome === 'exited' && readKernel(kernel.stdout)),
    ...(config.status === 200 && readConfigz(config.body ?? '')),
    ...(said && { mode: said }),
  };
}
