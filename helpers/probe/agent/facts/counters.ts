import { readFileSync } from 'node:fs';
import type { HostCounters } from '../../../model/facts/agent.ts';
import { parseProtocolCounters } from '../../../model/protocol-counters.ts';
import { parseConntrackStat, parseDevices, parseSoftnet } from './parse-tables.ts';
import { deviceNumber, readText, sysfsProblem } from './sysfs.ts';

/** Milliseconds of this node's monotonic clock: of all processes on it alike, unlike `performance.now()`. */
const monotonicMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

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
    ...(conntrack !== undefined && { conntrack: parseConntrackStat(conntrack) }),
  };
}
