import type { NodeConnection } from './connection.ts';
import { runOnNode } from './exec.ts';
import { quote, SCRIPT_HEAD } from './shell.ts';

export interface CaptureOptions {
  device: string;
  /** A pcap filter, for example `udp dst port 8472 and src host 10.0.0.111`. */
  filter: string;
  /** Stop after so many packets. */
  count?: number;
  durationMs: number;
  signal?: AbortSignal;
}

/** How many packets matched on the wire, before the node's own netfilter saw them. */
export type CaptureResult =
  | {
      packets: number;
      droppedByKernel: number;
      endedBy: 'count' | 'time';
      /** The first lines that tcpdump printed. */ sample: string[];
    }
  | { notObserved: string };

export interface Capture {
  /** True once tcpdump listens; false when it never will, and the result says why. Send nothing before. */
  ready: Promise<boolean>;
  result: Promise<CaptureResult>;
}

const SAMPLE_LINES = 20;
const SSH_GRACE_MS = 5_000;
const NOT_FOUND = 127;
const LISTENING = /^(?:tcpdump: )?listening on /m;

function readCapture(stdout: string, stderr: string, count: number | undefined): CaptureResult {
  const captured = /^(\d+) packets? captured/m.exec(stderr);
  if (!captured) return { notObserved: `tcpdump: ${stderr.trim().split('\n').at(-1) ?? 'no count'}` };
  const packets = Number(captured[1]);
  const dropped = Number(/^(\d+) packets? dropped by kernel/m.exec(stderr)?.[1] ?? 0);
  return {
    packets,
    droppedByKernel: dropped,
    endedBy: count !== undefined && packets >= count ? 'count' : 'time',
    sample: stdout.split('\n').filter(Boolean).slice(0, SAMPLE_LINES),
  };
}

/**
 * Counts packets on a device of a node with tcpdump, which writes no file there and does not make the device
 * promiscuous. When the connection goes, tcpdump goes: it is ended as soon as its session's input closes. Never throws
 * for what SSH or the node does.
 */
export function captureOnNode(
  connection: NodeConnection,
  { device, filter, count, durationMs, signal }: CaptureOptions,
): Capture {
  const { promise: ready, resolve: setReady } = Promise.withResolvers<boolean>();
  const limit = count === undefined ? '' : `-c ${Math.trunc(count)} `;
  // A shell's background job reads /dev/null unless it is given another descriptor; that cat then waits for our end to
  // close.
  const script = `${SCRIPT_HEAD}command -v tcpdump >/dev/null || exit ${NOT_FOUND}
exec 3<&0
$R timeout ${(durationMs / 1000).toFixed(3)} tcpdump -p -nn -tt -l -s 96 -i ${quote(device)} ${limit}-- ${quote(filter)} & P=$!
{ cat <&3 >/dev/null 2>&1; $R kill $P 2>/dev/null; } >/dev/null 2>&1 & W=$!
wait $P; S=$?
kill $W 2>/dev/null
exit $S`;
  const run = runOnNode(connection, `sh -c ${quote(script)}`, {
    timeoutMs: durationMs + SSH_GRACE_MS,
    signal,
    keepStdinOpen: true,
    onStderr: (text) => {
      if (LISTENING.test(text)) setReady(true);
    },
  });
  const result = run.then((ended): CaptureResult => {
    setReady(false);
    if (ended.outcome === 'lost' || ended.outcome === 'aborted') return { notObserved: `SSH: ${ended.reason}` };
    if (ended.outcome === 'exited' && ended.code === NOT_FOUND && ended.stderr.trim() === '')
      return { notObserved: 'tcpdump is not installed on the node' };
    return readCapture(ended.stdout, ended.stderr, count);
  });
  return { ready, result };
}
