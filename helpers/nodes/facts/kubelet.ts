import type { ApiServerWay, KubeletLogLine, NodeAgent } from '../../model/facts/kubelet.ts';

/** Readers of what the scripts about a node's kubelet print. Pure; each throws for what it does not read. */

const lines = (output: string) => output.split('\n').filter((line) => line.trim() !== '');

/** `ps -eo pid=,stat=,etimes=,comm=`. */
export function readNodeAgents(output: string): NodeAgent[] {
  return lines(output).flatMap((line) => {
    const [, pid, state = '', elapsed, name = ''] = /^\s*(\d+)\s+(\S+)\s+(\d+)\s+(\S+)\s*$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), state, elapsedSeconds: Number(elapsed), name }];
  });
}

/** As klog begins a line (`E1127 05:51:00.123`), and as K3s does (`time="2026-11-27T05:51:00Z"`). */
const KLOG = /^[EFIW](\d\d)(\d\d) (\d\d:\d\d:\d\d)/;
const LOGRUS = /time="([^"]+)"/;

function timeOf(text: string, now: Date): number {
  const [, month, day, clock] = KLOG.exec(text) ?? [];
  if (clock !== undefined) return Date.parse(`${now.getUTCFullYear()}-${month}-${day}T${clock}Z`);
  return Date.parse(LOGRUS.exec(text)?.[1] ?? '');
}

/** Lines of the log with their age by the node's own clock, where they say a time. */
export function readKubeletLog(output: string): KubeletLogLine[] {
  const [first = '', ...rest] = lines(output);
  const [, date, clock] = /^now (\S+) (\S+)$/.exec(first) ?? [];
  const now = new Date(`${date}T${clock}Z`);
  if (Number.isNaN(now.getTime())) throw new Error('it does not begin with the time');
  return rest.map((text) => {
    const ageSeconds = Math.round((now.getTime() - timeOf(text, now)) / 1_000);
    return { text, ...(ageSeconds >= 0 && { ageSeconds }) };
  });
}

/** The lines `server URL`, `connection STATE SEND-QUEUE` and `try NAME EXIT STATUS SECONDS`. */
export function readApiServerWay(output: string): ApiServerWay {
  const all = lines(output).map((line) => line.trim().split(/\s+/));
  const server = all.find(([key]) => key === 'server')?.[1];
  if (server === undefined) throw new Error('it names no server');
  const tried = (name: string): ApiServerWay['small'] => {
    const found = all.find(([key, which]) => key === 'try' && which === name);
    if (!found) return undefined;
    const said = found.slice(3);
    const [status, seconds] = [Number(said.at(-2)), Number(said.at(-1))];
    const words = said.slice(0, -2).join(' ');
    return {
      exit: Number(found[2]),
      connected: seconds > 0,
      ...(status > 0 && { status }),
      ...(words !== '' && { words }),
    };
  };
  const [small, large] = [tried('small'), tried('large')];
  return {
    server,
    connections: all.flatMap(([key, state = '', queue]) =>
      key === 'connection' ? [{ state, sendQueueBytes: Number(queue) || 0 }] : [],
    ),
    ...(small && { small }),
    ...(large && { large }),
  };
}
