import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { textOf } from '../failure.ts';
import { isAnotherCard, parseDevices } from './parse-tables.ts';

const NET = '/sys/class/net';

/** The text of a file of /proc or /sys, without the line end; undefined where there is none or it may not be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

/** A device's file in /sys as text. */
export const deviceText = (device: string, file: string): string | undefined => readText(`${NET}/${device}/${file}`);

/** A device's file in /sys as a number, decimal or 0x. */
export function deviceNumber(device: string, file: string): number | undefined {
  const text = deviceText(device, file);
  return text === undefined || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/**
 * Why /sys may not be believed; undefined when it may. It shows the network namespace that it was mounted in, which
 * need not be this process's: /proc/net/dev and the system's own list of addresses are, and must agree with it.
 */
export function sysfsProblem(): string | undefined {
  try {
    const here = Object.keys(parseDevices(readFileSync('/proc/self/net/dev', 'utf8'))).toSorted();
    const shown = readdirSync(NET)
      .filter((name) => deviceText(name, 'ifindex') !== undefined)
      .toSorted();
    if (here.join() !== shown.join())
      return `/sys shows other devices (${shown.join(', ')}) than this network namespace has (${here.join(', ')})`;
    const stranger = Object.entries(networkInterfaces()).find(
      ([name, addresses]) => addresses?.[0] && isAnotherCard(deviceText(name, 'address'), addresses[0].mac),
    );
    return stranger && `/sys shows another ${stranger[0]} than this network namespace has`;
  } catch (error) {
    return textOf(error);
  }
}
