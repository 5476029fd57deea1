import type { HostRoute } from '../../../model/facts/agent.ts';
import { reversedIpv4 } from './hex-address.ts';

/** From the kernel's include/uapi/linux/route.h. */
const RTF_UP = 0x1;
const RTF_GATEWAY = 0x2;
const RTF_REJECT = 0x200;

function prefixLength(mask: string): number {
  return Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
}

/**
 * /proc/net/route: the IPv4 routes of the main table, in the kernel's order. Lines that are no route are passed over.
 */
export function parseRoutes(text: string): HostRoute[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): HostRoute[] => {
      const [device, destination, gateway, flagsHex, , , metric, mask, mtu] = line.trim().split(/\s+/);
      if (
        !destination ||
        !gateway ||
        !flagsHex ||
        !mask ||
        !/^[0-9A-F]{8}$/i.test(destination) ||
        !/^[0-9A-F]{8}$/i.test(mask)
      )
        return [];
      const flags = Number.parseInt(flagsHex, 16);
      return [
        {
          destination: `${reversedIpv4(destination)}/${prefixLength(mask)}`,
          ...((flags & RTF_GATEWAY) !== 0 && { gateway: reversedIpv4(gateway) }),
          ...(device !== '*' && { device }),
          metric: Number(metric),
          mtu: Number(mtu),
          // The kernel flags unreachable and prohibit; of a blackhole it shows only that there is no device.
          reject: (flags & RTF_REJECT) !== 0 || device === '*',
          up: (flags & RTF_UP) !== 0,
        },
      ];
    });
}
