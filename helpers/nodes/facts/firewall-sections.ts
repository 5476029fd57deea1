import { readConnections } from './conntrack.ts';
import { readIptablesSave } from './iptables.ts';
import { readIpsets } from './ipset.ts';
import { CTNETLINK, IP6TABLES_SAVE, IPTABLES_SAVE, IP_SET, NF_TABLES, NFNETLINK } from './kernel-modules.ts';
import { CHAINS_AT_DEVICES, withDevices } from './nft/devices.ts';
import { readNftRuleset } from './nft.ts';
import * as parse from './parse.ts';
import type { Section } from './section.ts';

const RULES_BYTES = 8 * 1024 * 1024;

/** Rules of the node's firewall, and its table of connections. */
export const FIREWALL_SECTIONS: Section[] = [
  {
    key: 'nft-ruleset',
    set: 'firewall',
    rootOnly: true,
    needs: 'nft',
    module: NF_TABLES,
    command: `nft -j list ruleset || exit $?; echo; echo '== devices'; ${CHAINS_AT_DEVICES} 2>/dev/null; true`,
    parse: (output) => {
      const [ruleset = '', devices = ''] = output.split(/^== devices$/m);
      return withDevices(readNftRuleset(parse.json(ruleset)), devices);
    },
    maxBytes: RULES_BYTES,
  },
  {
    key: 'iptables-save',
    set: 'firewall',
    rootOnly: true,
    needs: 'iptables-save',
    command: IPTABLES_SAVE,
    parse: (output) => readIptablesSave(output),
    maxBytes: RULES_BYTES,
  },
  {
    key: 'ip6tables-save',
    set: 'firewall',
    rootOnly: true,
    needs: 'ip6tables-save',
    command: IP6TABLES_SAVE,
    parse: (output) => readIptablesSave(output, 'ip6'),
    maxBytes: RULES_BYTES,
  },
  {
    key: 'iptables-version',
    set: 'firewall',
    needs: 'iptables',
    module: NFNETLINK,
    command: 'iptables --version',
    parse: parse.text,
  },
  {
    key: 'iptables-legacy-save',
    set: 'firewall',
    rootOnly: true,
    needs: 'iptables-legacy-save',
    command: 'iptables-legacy-save -c',
    // It does not say so itself.
    parse: (output) => ({ ...readIptablesSave(output), backend: 'legacy' }),
    maxBytes: RULES_BYTES,
  },
  {
    key: 'ipset',
    set: 'firewall',
    rootOnly: true,
    needs: 'ipset',
    module: IP_SET,
    command: 'ipset save',
    parse: readIpsets,
    maxBytes: RULES_BYTES,
  },
  {
    key: 'conntrack-stats',
    set: 'conntrack',
    rootOnly: true,
    needs: 'conntrack',
    module: CTNETLINK,
    command: 'conntrack -S',
    parse: parse.conntrackStats,
  },
  {
    key: 'conntrack-udp',
    set: 'conntrack',
    rootOnly: true,
    needs: 'conntrack',
    module: CTNETLINK,
    command: `list=$(conntrack -L -p udp) || exit $?; printf '%s\\n' "$list" | head -n 500`,
    parse: readConnections,
  },
  {
    key: 'conntrack-tcp',
    set: 'conntrack',
    rootOnly: true,
    needs: 'conntrack',
    module: CTNETLINK,
    command:
      `list=$(conntrack -L -p tcp) || exit $?; printf '%s\\n' "$list" | grep -E 'SYN_SENT| dport=53 ' | head -n ` +
      '500; true',
    parse: readConnections,
  },
];
