type Counters = Record<string, number>;

const words = (line: string): string[] => line.trim().split(/\s+/).filter(Boolean);
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/**
 * Columns of /proc/net/dev by the names that /sys/class/net/DEVICE/statistics gives them; `drop` includes missed
 * packets here.
 */
const deviceColumns = [
  'rx_bytes',
  'rx_packets',
  'rx_errors',
  'rx_dropped',
  'rx_fifo_errors',
  'rx_frame_errors',
  'rx_compressed',
  'multicast',
  'tx_bytes',
  'tx_packets',
  'tx_errors',
  'tx_dropped',
];
const keptColumns = new Set<string>([
  'rx_bytes',
  'rx_packets',
  'rx_errors',
  'rx_dropped',
  'tx_bytes',
  'tx_packets',
  'tx_errors',
  'tx_dropped',
]);

/** /proc/net/dev: every device of this network namespace, whatever /sys shows. */
export function parseDevices(text: string): Record<string, Counters> {
  const devices: Record<string, Counters> = {};
  for (const line of linesOf(text)) {
    const [, device, numbers] = /^\s*(\S+):\s*(\d.*)$/.exec(line) ?? [];
    if (device === undefined || numbers === undefined) continue;
    const values = words(numbers).map(Number);
    devices[device] = Object.fromEntries(
      deviceColumns.flatMap((name, index) => (keptColumns.has(name) ? [[name, values[index] ?? 0]] : [])),
    );
  }
  return devices;
}

/**
 * /proc/net/stat/nf_conntrack, arp_cache and their like: names, then a line of hexadecimal values a CPU. Summed, but
 * `entries`, which each line repeats.
 */
export function parseKernelStat(text: string): Counters {
  const [header, ...cpus] = linesOf(text);
  const rows = cpus.map((line) => words(line).map((value) => Number.parseInt(value, 16)));
  const names = words(header ?? '');
  return Object.fromEntries(
    names.map((name, index) => {
      const values = rows.map((row) => row[index] ?? 0);
      return [name, name === 'entries' ? (values[0] ?? 0) : values.reduce((sum, value) => sum + value, 0)];
    }),
  );
}

/**
 * /proc/net/softnet_stat, summed over the CPUs: packets taken, dropped for a full backlog, rounds that ran out of time.
 */
export function parseSoftnet(text: string): { processed: number; dropped: number; timeSqueeze: number } {
  const rows = linesOf(text).map((line) => words(line).map((value) => Number.parseInt(value, 16)));
  const sum = (column: number) => rows.reduce((total, row) => total + (row[column] ?? 0), 0);
  return { processed: sum(0), dropped: sum(1), timeSqueeze: sum(2) };
}

const ETHERNET = /^(?:[\da-f]{2}:){5}[\da-f]{2}$/;

/**
 * Whether /sys shows a card with another address than the system's own list. A tunnel of IPIP has its IPv4 address
 * there, a TUN device none, and Node.js gives such devices six bytes all the same.
 */
export const isAnotherCard = (shown: string | undefined, listed: string): boolean =>
  shown === undefined || (ETHERNET.test(shown) && shown !== listed);
