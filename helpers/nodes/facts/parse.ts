import type { ListeningSocket, NodeProcess } from '../../model/facts/ssh.ts';
import type { RoutingRule } from '../../model/routing.ts';
import { readRoutingRules } from './routes.ts';

/** Readers of what the programs on a node print. Pure; each throws when the text is not what it reads. */

const lines = (output: string) => output.split('\n').filter((line) => line.trim() !== '');

/** iproute2 and bridge print nothing at all for an empty list. */
export function json(output: string): unknown {
  return output.trim() === '' ? [] : JSON.parse(output);
}

export function text(output: string): string {
  return output.trimEnd();
}

/** `name = value` and `NAME="value"` lines, as of sysctl and of env files. */
export function assignments(output: string): Record<string, string> {
  return Object.fromEntries(
    lines(output).flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0
        ? []
        : [
            [
              line.slice(0, at).trim(),
              line
                .slice(at + 1)
                .trim()
                .replace(/^"(.*)"$/, '$1'),
            ],
          ];
    }),
  );
}

/** `conntrack -S`: one object a CPU. */
export function conntrackStats(output: string): Record<string, number>[] {
  return lines(output).map((line) =>
    Object.fromEntries([...line.matchAll(/(\w+)=(\d+)/g)].map(([, name, count]) => [name ?? '', Number(count)])),
  );
}

/** `ethtool -k` of several devices, each after a line `== device`: true, false, by feature. */
export function offloads(output: string): Record<string, Record<string, boolean>> {
  const devices: Record<string, Record<string, boolean>> = {};
  let device = '';
  for (const line of lines(output)) {
    if (line.startsWith('== ')) devices[(device = line.slice(3).trim())] = {};
    const feature = /^\s*([\w-]+): (on|off)/.exec(line);
    const of = devices[device];
    if (feature && of) of[feature[1] ?? ''] = feature[2] === 'on';
  }
  return devices;
}

/** Texts of files, each after a line `== path`. */
export function files(output: string): Record<string, string> {
  const parts = output.split(/^== /m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1).trimEnd()];
    }),
  );
}

/** `count path` lines. */
export function counts(output: string): Record<string, number> {
  return Object.fromEntries(
    lines(output).flatMap((line) => {
      const counted = /^\s*(\d+)\s+(.+)$/.exec(line);
      return counted ? [[counted[2] ?? '', Number(counted[1])]] : [];
    }),
  );
}

/** `ps -eo pid=,etimes=,comm=,args=`. */
export function processes(output: string): NodeProcess[] {
  return lines(output).flatMap((line) => {
    const [, pid, elapsed, name, args] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), elapsedSeconds: Number(elapsed), name: name ?? '', args: args ?? '' }];
  });
}

/** `ss -lntupH`. */
export function listeningSockets(output: string): ListeningSocket[] {
  return lines(output).flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const local = fields[4] ?? '';
    const at = local.lastIndexOf(':');
    const port = Number(local.slice(at + 1));
    if (at < 0 || !Number.isInteger(port)) return [];
    const process = /users:\(\("([^"]+)"/.exec(line)?.[1];
    return [
      { protocol: fields[0] ?? '', address: local.slice(0, at), port, ...(process !== undefined && { process }) },
    ];
  });
}

/** `seconds.nanoseconds` since 1970: milliseconds, so that clocks can be compared. */
export function clock(output: string): { epochMs: number } {
  const epochMs = Math.round(Number(output.trim()) * 1000);
  if (!Number.isFinite(epochMs)) throw new Error('it is not a number');
  return { epochMs };
}

/** Both families' rules, those of IPv6 after a line `== ipv6`; of no family where the kernel has none of it. */
export function routingRules(output: string): RoutingRule[] {
  const [ipv4 = '', ipv6 = ''] = output.split(/^== ipv6$/m);
  return [...readRoutingRules(json(ipv4), 'ipv4'), ...readRoutingRules(json(ipv6), 'ipv6')];
}
