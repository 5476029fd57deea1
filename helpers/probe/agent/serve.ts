import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { presentAddresses } from './addresses.ts';
import { codeOf, textOf } from './failure.ts';
import { httpResponder } from './http-responder.ts';
import type { AgentSettings } from './identity.ts';
import { udpResponder } from './udp-responder.ts';
import { stopWatch } from './watch/responder.ts';

/** The exit code when an address or a port cannot be had. */
export const EXIT_PORT = 3;

/**
 * libuv lists no device that is not running, and the kernel says of a new one that it is by a task of its own, up to a
 * second later (linkwatch), and later still on a busy node.
 */
const ADDRESS_WAIT_MS = 5_000;
const ADDRESS_POLL_MS = 100;

const HOUR_MS = 3_600_000;

const why: Record<string, string> = { EADDRINUSE: 'is in use', EACCES: 'may not be opened' };

const placeOf = ({ network }: AgentSettings): string => (network === 'host' ? 'host' : 'pod');

/** Writes in one line why the agent cannot serve, to the places that Kubernetes and people read, and exits. */
function refuse(text: string, { terminationLogPath }: AgentSettings): never {
  try {
    // Kubernetes makes the file; elsewhere there is none, and none is wanted.
    writeFileSync(terminationLogPath, `${text}\n`, { flag: 'r+' });
  } catch {
    // The same line on stderr is what the kubelet falls back to.
  }
  process.stderr.write(`${text}\n`);
  process.exit(EXIT_PORT);
}

function refusePort(error: unknown, port: string, settings: AgentSettings): never {
  const code = codeOf(error);
  const place = placeOf(settings);
  refuse(
    code in why
      ? `port ${port} ${why[code]} on this ${place}`
      : `port ${port} cannot be opened on this ${place}: ${textOf(error)}`,
    settings,
  );
}

/** What opens a port, or the process' end with a line that names it. */
async function open(start: () => Promise<() => void>, port: string, settings: AgentSettings): Promise<() => void> {
  try {
    return await start();
  } catch (error) {
    return refusePort(error, port, settings);
  }
}

/** Serves until a signal ends it or the longest time is over. Exits with code 3 when it can have no address or port. */
export async function serve(settings: AgentSettings): Promise<void> {
  const { node, network, tcpPort, udpPort, addresses } = settings;
  // An agent that serves nowhere would look like a network that carries nothing.
  const isNowhere = () => presentAddresses(addresses).every((address) => !addresses.includes(address));
  for (let waitedMs = 0; waitedMs < ADDRESS_WAIT_MS && isNowhere(); waitedMs += ADDRESS_POLL_MS)
    await sleep(ADDRESS_POLL_MS);
  if (isNowhere())
    refuse(`none of the addresses to listen at is on this ${placeOf(settings)}: ${addresses.join(', ')}`, settings);
  const closeUdp = await open(() => udpResponder(settings), `${udpPort}/udp`, settings);
  const closeTcp = await open(() => httpResponder(settings), `${tcpPort}/tcp`, settings);
  process.stdout.write(`netwright agent: ${tcpPort}/tcp and ${udpPort}/udp, node ${node || '?'}, ${network} network\n`);
  // The process stays: Kubernetes would restart one that exits, and open the ports again.
  const close = () => {
    closeUdp();
    closeTcp();
    stopWatch();
    process.stdout.write(`netwright agent: closed, its run should have ended long ago\n`);
    setInterval(() => {}, HOUR_MS);
  };
  setTimeout(close, settings.serveForMs);
}
