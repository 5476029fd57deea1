import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { codeOf, textOf } from './failure.ts';
import { httpResponder } from './http-responder.ts';
import type { AgentSettings } from './identity.ts';
import { udpResponder } from './udp-responder.ts';

/** The exit code when a port cannot be had. */
export const EXIT_PORT = 3;

const why: Record<string, string> = { EADDRINUSE: 'is in use', EACCES: 'may not be opened' };

/** Says in one line why the agent cannot serve, where Kubernetes and people look, and ends. */
function refuse(error: unknown, port: string, { network, terminationLogPath }: AgentSettings): never {
  const code = codeOf(error);
  const place = network === 'host' ? 'host' : 'pod';
  const text =
    code in why
      ? `port ${port} ${why[code]} on this ${place}`
      : `port ${port} cannot be opened on this ${place}: ${textOf(error)}`;
  try {
    // Kubernetes makes the file; elsewhere there is none, and none is wanted.
    writeFileSync(terminationLogPath, `${text}\n`, { flag: 'r+' });
  } catch {
    // The same line on stderr is what the kubelet falls back to.
  }
  process.stderr.write(`${text}\n`);
  process.exit(EXIT_PORT);
}

/** Serves until it is told to end. Ends the process with code 3 when a port cannot be had. */
export async function serve(settings: AgentSettings): Promise<void> {
  const { node, pod, network, tcpPort, udpPort } = settings;
  const identity = { node, pod, network };
  try {
    await udpResponder(udpPort, identity);
  } catch (error) {
    refuse(error, `${udpPort}/udp`, settings);
  }
  const server = httpResponder(identity);
  try {
    server.listen(tcpPort);
    await once(server, 'listening');
  } catch (error) {
    refuse(error, `${tcpPort}/tcp`, settings);
  }
  process.stdout.write(`netwright agent: ${tcpPort}/tcp and ${udpPort}/udp, node ${node || '?'}, ${network} network\n`);
}
