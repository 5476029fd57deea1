import { access, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTS } from './fabric.ts';
import type { Kit } from './kit.ts';
import { eventually } from './kubectl.ts';
import { beforePort } from './makes/families.ts';
import type { LabSettings } from './makes/settings.ts';
import { cgroupOf, debianLibraries, labPaths, namespaceOf } from './paths.ts';
import { startDetached } from './run-in.ts';
import { outsideOf, type LabNode } from './topology.ts';
import { INGRESS_NODE_PORTS } from './workloads/ingress.ts';
import { ingressNodesOf } from './workloads/placement.ts';

/**
 * A name outside of the cluster that the fabric's resolver knows, and its address (RFC 5737 and 3849: documentation,
 * routed nowhere).
 */
export const EXTERNAL = { name: 'www.example.test', address: '192.0.2.10', ipv6: '2001:db8::10' } as const;

/** Far above what is measured: a few hundredths of a second. */
const LISTEN_TIMEOUT_MS = 30_000;

/** The load balancer's program: the kit's own, or that of the machine. */
export function haproxyOf(kit: Kit): string {
  const own = join(kit.debianRoot, 'usr/sbin/haproxy');
  return existsSync(own) ? own : 'haproxy';
}

const zone = (resolver: string, name: string, body: string): string => `${name}:53 {
    bind ${resolver}
    ${body}
}
`;

/**
 * The names outside of the cluster that there are, and NXDOMAIN for all others: a server a zone, since `template` goes
 * before `hosts`.
 */
function corefile(settings: LabSettings): string {
  const { resolver, loadBalancer } = outsideOf(settings);
  const external = settings.families === 'ipv6' ? EXTERNAL.ipv6 : EXTERNAL.address;
  return [
    ...Object.keys(HOSTS).map((host) => zone(resolver, host, `hosts {\n        ${loadBalancer} ${host}\n    }`)),
    zone(resolver, EXTERNAL.name, `hosts {\n        ${external} ${EXTERNAL.name}\n    }`),
    zone(resolver, '.', 'template ANY ANY {\n        rcode NXDOMAIN\n    }'),
  ].join('');
}

/** Off after three failures in six seconds, on again after one success. */
const CHECK = 'check inter 2s fall 3 rise 1';
/** Begins every connection, and every check, with a header that says whose it is. */
const PROXY_PROTOCOL = 'send-proxy-v2 check-send-proxy';

const target = (name: 'http' | 'https', { name: worker, address }: LabNode, options: string): string =>
  `    server ${worker} ${beforePort(address)}:${INGRESS_NODE_PORTS[name]} ${options}`;

const backend = (name: 'http' | 'https', address: string, workers: LabNode[], options: string): string => `
frontend ${name}
    bind ${beforePort(address)}:${name === 'https' ? 443 : 80}
    default_backend ${name}
backend ${name}
    balance roundrobin
${workers.map((worker) => target(name, worker, options)).join('\n')}
`;

const haproxyConfig = (stateDir: string, address: string, workers: LabNode[], options: string): string => `global
    stats socket ${stateDir}/haproxy.sock mode 600 level admin
defaults
    mode tcp
    timeout connect 3s
    timeout client 30s
    timeout server 30s
${backend('https', address, workers, options)}${backend('http', address, workers, options)}`;

function start(lab: string, name: string, argv: string[], env: NodeJS.ProcessEnv): void {
  const launch = join(import.meta.dirname, 'node/launch.sh');
  startDetached(
    [launch, `${cgroupOf(lab)}/edge`, namespaceOf(lab, 'edge'), ...argv],
    join(labPaths(lab).logs, `edge-${name}.log`),
    env,
  );
}

/** Starts the resolver outside of the cluster, to which the nodes forward. */
export async function startResolver(lab: string, kit: Kit, settings: LabSettings): Promise<void> {
  const { edge } = labPaths(lab);
  await mkdir(edge, { recursive: true });
  await writeFile(join(edge, 'Corefile'), corefile(settings));
  start(lab, 'resolver', [join(kit.binDir, 'coredns'), '-conf', join(edge, 'Corefile')], process.env);
}

/**
 * Starts the load balancer in front of the workers' NodePorts and resolves when it listens. To be called when they
 * answer: haproxy 2.6 keeps a processor busy with a check that kube-proxy rejects (epoll tells of the ICMP error, the
 * connect goes on).
 */
export async function startLoadBalancer(
  lab: string,
  kit: Kit,
  nodes: LabNode[],
  { settings, signal }: { settings: LabSettings; signal?: AbortSignal },
): Promise<void> {
  const { edge } = labPaths(lab);
  const workers = ingressNodesOf(nodes);
  const options = settings.ingress === 'proxy-protocol' ? `${CHECK} ${PROXY_PROTOCOL}` : CHECK;
  await writeFile(join(edge, 'haproxy.cfg'), haproxyConfig(edge, outsideOf(settings).loadBalancer, workers, options));
  const environment = { ...process.env, LD_LIBRARY_PATH: debianLibraries(kit.debianRoot) };
  start(lab, 'load-balancer', [haproxyOf(kit), '-db', '-f', join(edge, 'haproxy.cfg')], environment);
  await eventually(() => access(join(edge, 'haproxy.sock')), LISTEN_TIMEOUT_MS, signal);
}
