import { expect, test } from 'vitest';
import { withDevices } from '../../../../helpers/nodes/facts/nft/devices.ts';

const chain = (name: string, devices?: string[]) => ({ family: 'netdev' as const, table: 'guard', name, devices });
const ruleset = (...chains: ReturnType<typeof chain>[]) => ({ program: 'nft' as const, chains, rules: [], sets: [] });

test('the plain text of nft says at which devices a chain stands, where its JSON does not', () => {
  const printed = [
    'netdev guard in \t\ttype filter hook ingress device "flannel.1" priority filter; policy accept;',
    'netdev guard two \t\ttype filter hook ingress devices = { d0, "eth0" } priority filter + 1; policy accept;',
    '',
  ].join('\n');
  const { chains } = withDevices(ruleset(chain('in'), chain('two'), chain('told', ['lo']), chain('other')), printed);
  expect(chains.map(({ devices }) => devices)).toEqual([['flannel.1'], ['d0', 'eth0'], ['lo'], undefined]);
});
