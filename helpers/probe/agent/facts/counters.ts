import { readFileSync } from 'node:fs';
import type { HostCounters } from '../../../model/facts/agent.ts';
import { parseProtocolCounters } from '../../../model/protocol-counters.ts';
import { parseKernelStat, parseDevices, parseSoftnet } from './parse-tables.ts';
import { deviceNumber, readText, sysfsProblem } from './sysfs.ts';

/** Milliseconds of this node's monotonic clock: of all processes on it alike, unlike `performance.now()`. */
const monotonicMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/** Of the kernel's tables of neighbours, one a family. Only the machine's own network namespace shows them. */
function readNeighbourStat(): HostCounters['neighbours'] {
  const tables = ['arp_cache', 'ndisc_cache'].flatMap((name) => {
    const text = readText(`/proc/self/net/stat/${name}`);
    return text === undefined ? [] : [[name, parseKernelStat(text)] as const];
  });
  return tables.length > 0 ? Object.fromEntries(tables) : undefined;
}

/**
 * Counters at one moment: devices first, in one read, so that they belong together. Device statistics have the names of
 * /sys/class/net/DEVICE/statistics. What this kernel does not show is absent.
 */
export function readCounters(): HostCounters {
  const takenAtMs = monotonicMs();
  const devices = parseDevices(readFileSync('/proc/self/net/dev', 'utf8'));
  const snmp = parseProtocolCounters(readFileSync('/proc/self/net/snmp', 'utf8'));
  if (sysfsProblem() === undefined) {
    for (const [name, counters] of Object.entries(devices)) {
      const unhandled = deviceNumber(name, 'statistics/rx_nohandler');
      if (unhandled !== undefined) counters['rx_nohandler'] = unhandled;
    }
  }
  const conntrack = readText('/proc/self/net/stat/nf_conntrack');
  return {
    takenAtMs,
    devices,
    snmp,
    netstat: parseProtocolCounters(readText('/proc/self/net/netstat') ?? ''),
    softnet: parseSoftnet(readText('/proc/self/net/softnet_stat') ?? ''),
    ...(conntrack !== undefined && { conntrack: parseKernelStat(conntrack) }),
    neighbours: readNeighbourStat(),
  };
}
