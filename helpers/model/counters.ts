import type { FactValue } from './facts.ts';

type Counters = FactValue<'counters'>;
type Rise = FactValue<'counters-rise'>;
type Table = Record<string, Record<string, number>>;

/** By group and name: what is at both ends. */
function less(last: Table | undefined, first: Table | undefined): Table {
  return Object.fromEntries(
    Object.entries(last ?? {}).map(([group, counters]) => [
      group,
      Object.fromEntries(
        Object.entries(counters).flatMap(([name, value]) => {
          const before = first?.[group]?.[name];
          return before === undefined ? [] : [[name, value - before]];
        }),
      ),
    ]),
  );
}

/** How much a node's counters rose from one reading to another. */
export const riseBetween = (first: Counters, last: Counters): Rise => ({
  takenAtMs: last.takenAtMs - first.takenAtMs,
  devices: less(last.devices, first.devices),
  snmp: less(last.snmp, first.snmp),
  netstat: less(last.netstat, first.netstat),
  ...(last.neighbours && { neighbours: less(last.neighbours, first.neighbours) }),
});
