import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { networkInterfaces } from 'node:os';
import type { HostLink } from '../../../model/facts/agent.ts';
import { parseDevices } from './parse-tables.ts';
import { deviceNumber, deviceText, sysfsProblem } from './sysfs.ts';

/** From the kernel's include/uapi/linux/if.h. Whether a device runs is not among them in /sys: `operstate` tells. */
const flagNames: [bit: number, name: string][] = [
  [0x1, 'up'],
  [0x2, 'broadcast'],
  [0x8, 'loopback'],
  [0x10, 'pointopoint'],
  [0x80, 'noarp'],
  [0x100, 'promisc'],
  [0x1000, 'multicast'],
];

function masterOf(device: string): string | undefined {
  try {
    return basename(readlinkSync(`/sys/class/net/${device}/master`));
  } catch {
    return undefined;
  }
}

function fromSysfs(name: string): Omit<HostLink, 'name' | 'addresses'> {
  const flags = deviceNumber(name, 'flags') ?? 0;
  const kind = /^DEVTYPE=(.+)$/m.exec(deviceText(name, 'uevent') ?? '')?.[1];
  const master = masterOf(name);
  const hairpin = deviceNumber(name, 'brport/hairpin_mode');
  return {
    index: deviceNumber(name, 'ifindex'),
    mtu: deviceNumber(name, 'mtu'),
    address: deviceText(name, 'address'),
    operstate: deviceText(name, 'operstate'),
    flags: flagNames.filter(([bit]) => (flags & bit) !== 0).map(([, flag]) => flag),
    ...(kind !== undefined && { kind }),
    ...(master !== undefined && { master }),
    ...(hairpin !== undefined && { hairpin: hairpin === 1 }),
  };
}

/** The devices of this network namespace; only names and addresses where /sys shows another one. */
export function readLinks(): HostLink[] {
  const addresses = networkInterfaces();
  const believed = sysfsProblem() === undefined;
  return Object.keys(parseDevices(readFileSync('/proc/self/net/dev', 'utf8'))).map((name) => ({
    name,
    ...(believed && fromSysfs(name)),
    addresses: (addresses[name] ?? []).flatMap(({ cidr }) => cidr ?? []),
  }));
}
