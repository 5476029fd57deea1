import { connect } from 'node:net';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import type { SshTarget } from '../model/targets.ts';

/**
 * What nodes listen at in most clusters: SSH, an ingress, kubelet. Whether they let anybody in is of no account: one
 * that refuses has answered.
 */
const USUAL_PORTS = [22, 80, 443, 10_250];
/** Three times the round trip to the other side of the world. */
const TIMEOUT_MS = 1_500;
/** So many nodes tell whether there is a way to them. */
const MOST_NODES = 8;

/**
 * Whether it is to be tried if the nodes are reached. Who has it log in to them by SSH says that they are, unless hosts
 * are jumped over; in the cluster nothing is asked from outside.
 */
export const mayBeOutOfReach = ({ kind }: KubeconfigSource, ssh: SshTarget | undefined): boolean =>
  kind !== 'service-account' && (ssh === undefined || ssh.jumps !== undefined);

/** Whether somebody at an address answers a connection, be it with a refusal. */
function answers(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS, signal });
    const tell = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.once('connect', () => tell(true));
    socket.once('timeout', () => tell(false));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => tell(code === 'ECONNREFUSED' || code === 'ECONNRESET'));
  });
}

/**
 * Whether anything of any node answers where Netwright runs: a machine that runs a gate often reaches the API server
 * alone, and the nodes by no address of theirs. Takes 1.5 s at most; never throws.
 */
export async function reachesNodes(
  addresses: readonly string[],
  signal: AbortSignal,
  ports: readonly number[] = USUAL_PORTS,
): Promise<boolean> {
  const asked = addresses.slice(0, MOST_NODES).flatMap((host) => ports.map((port) => answers(host, port, signal)));
  const anyOf = asked.map(async (each) => {
    if (!(await each)) throw new Error('no answer');
    return true;
  });
  return Promise.any(anyOf).catch(() => false);
}
