import { z } from 'zod';

// What a namespace writes down of the packets that come to it, in sets of nft.

export const RECORD = 'netwright_record';
const ENDS = 'ip saddr . ip daddr . meta l4proto . th sport . th dport';

/** Everything that comes to be seen is written down by its device, and ends there. */
export const recorder = (hook: string, priority: number, devices: readonly string[]): string => {
  const type = 'ipv4_addr . ipv4_addr . inet_proto . inet_service . inet_service';
  return [
    `table inet ${RECORD} {`,
    ...devices.map((device) => `set seen_${device} { type ${type}; flags dynamic; size 65535; }`),
    `chain everything { type filter hook ${hook} priority ${priority}; policy drop;`,
    // The router refuses connections by a packet of its own.
    'tcp flags & rst == rst drop',
    ...devices.map((device) => `iifname ${device} meta l4proto { tcp, udp } add @seen_${device} { ${ENDS} }`),
    '}',
    '}',
  ].join('\n');
};

/** A packet where it was seen: `device source destination protocol port port`. */
export type Seen = string;

const listingSchema = z.object({
  nftables: z.array(
    z.looseObject({ set: z.looseObject({ name: z.string(), elem: z.array(z.unknown()).default([]) }).optional() }),
  ),
});
const concatSchema = z.object({ concat: z.array(z.union([z.string(), z.number()])) });
const elementSchema = z.union([
  concatSchema.transform(({ concat }) => concat),
  z.object({ elem: z.object({ val: concatSchema }) }).transform(({ elem }) => elem.val.concat),
]);

/** What a recorder wrote down, each with its device before it. */
export const elementsOf = (listed: unknown): Set<Seen> =>
  new Set(
    listingSchema.parse(listed).nftables.flatMap(({ set }) => {
      const [name, device] = set?.name.split('_') ?? [];
      if (!set || name !== 'seen') return [];
      return set.elem.map((element) => [device, ...elementSchema.parse(element)].join(' '));
    }),
  );
