import { readdirSync } from 'node:fs';
import { readText } from './sysfs.ts';

/** What pod networking rests on, and limits whose exhaustion looks like loss. */
const names = [
  'net.ipv4.ip_forward',
  'net.ipv4.tcp_mtu_probing',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_no_pmtu_disc',
  'net.ipv4.neigh.default.gc_thresh1',
  'net.ipv4.neigh.default.gc_thresh2',
  'net.ipv4.neigh.default.gc_thresh3',
  'net.ipv6.conf.all.forwarding',
  'net.bridge.bridge-nf-call-iptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.netfilter.nf_conntrack_max',
  'net.netfilter.nf_conntrack_count',
  'net.netfilter.nf_conntrack_buckets',
  'net.netfilter.nf_conntrack_tcp_be_liberal',
  'net.core.netdev_max_backlog',
  'net.core.rmem_max',
];

const perDevice = ['forwarding', 'rp_filter'];

function devices(): string[] {
  try {
    return readdirSync('/proc/sys/net/ipv4/conf');
  } catch {
    return [];
  }
}

function read(path: string): number | string | undefined {
  const text = readText(`/proc/sys/${path}`)?.replaceAll('\t', ' ');
  return text === undefined || text === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/**
 * By name, numbers where they are numbers. A name that this kernel does not have, or that may not be read, is absent:
 * nothing may be concluded from it. The device's part of a name is as the device is called, dots and all
 * (`net.ipv4.conf.eth0.100.rp_filter`).
 */
export function readSysctls(): Record<string, number | string> {
  const plain = names.map((name): [string, number | string | undefined] => [name, read(name.replaceAll('.', '/'))]);
  const ofDevices = devices().flatMap((device) =>
    perDevice.map((key): [string, number | string | undefined] => [
      `net.ipv4.conf.${device}.${key}`,
      read(`net/ipv4/conf/${device}/${key}`),
    ]),
  );
  return Object.fromEntries(
    [...plain, ...ofDevices].filter((entry): entry is [string, number | string] => entry[1] !== undefined),
  );
}
