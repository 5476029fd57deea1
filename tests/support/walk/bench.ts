import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { NodeState } from '../../../helpers/diagnose/walk/index.ts';
import { readIpsets } from '../../../helpers/nodes/facts/ipset.ts';
import { readIptablesSave } from '../../../helpers/nodes/facts/iptables.ts';
import { readAddresses, readLinks } from '../../../helpers/nodes/facts/links.ts';
import { readNftRuleset } from '../../../helpers/nodes/facts/nft.ts';
import { json } from '../../../helpers/nodes/facts/parse.ts';
import { readNeighbours, readRoutes, readRoutingRules } from '../../../helpers/nodes/facts/routes.ts';
import { withoutDoubles } from '../../../helpers/diagnose/firewall/doubles.ts';
import { DESTINATIONS } from './pools.ts';
import { elementsOf, RECORD, recorder, type Seen } from './recorder.ts';
import type { KernelState } from './states.ts';
import { Sender, Shell, type Sent } from './shell.ts';

// A router under test, and all that is around it in one namespace, joined by three cables. What is around it sends by
// the cable that belongs to a packet's source, records what comes out of the router, and answers nothing.

export const CABLES = [0, 1, 2] as const;
const ROUTER_ADDRESSES = CABLES.map((cable) => `10.6${cable + 1}.0.1`);
const hosts = (last: number) => CABLES.map((cable) => `10.6${cable + 1}.0.${last}`);
/** Addresses around the router, with the cable by which they send. Those that end in 7 send by another's. */
export const OUTSIDE: Record<string, number> = {
  ...Object.fromEntries([2, 3].flatMap((last) => hosts(last).map((address, cable) => [address, cable]))),
  ...Object.fromEntries(hosts(7).map((address, cable) => [address, (cable + 1) % CABLES.length])),
  '172.20.1.5': 0,
  '172.20.2.5': 1,
  '192.0.2.7': 2,
};

const CABLES_OUTSIDE = CABLES.map((cable) => `o${cable}`);
const DEVICES = ['lo', ...CABLES.map((cable) => `r${cable}`)];

/** Before all else around the router; on it, behind all that has a say in what comes to its own sockets. */
const FIRST = -450;
const LAST = 3000;

export interface Observed {
  state: NodeState;
  outside: Set<Seen>;
  own: Set<Seen>;
}

const SYSCTL_LEAVES = 'rp_filter,forwarding,route_localnet,accept_local,src_valid_mark';

export class Bench {
  readonly #router: string;
  readonly #outside: string;
  readonly #shells: { router: Shell; outside: Shell };
  readonly #senders: { router: Sender; outside: Sender };
  #fixed?: Pick<NodeState, 'links' | 'addresses' | 'neighbours'>;

  private constructor() {
    const id = randomBytes(3).toString('hex');
    this.#router = `c-walk-${id}-r`;
    this.#outside = `c-walk-${id}-o`;
    for (const name of [this.#router, this.#outside]) execFileSync('ip', ['netns', 'add', name]);
    this.#shells = { router: new Shell(this.#router), outside: new Shell(this.#outside) };
    this.#senders = { router: new Sender(this.#router), outside: new Sender(this.#outside) };
  }

  static async start(): Promise<Bench> {
    const bench = new Bench();
    await bench.#build();
    return bench;
  }

  async #build(): Promise<void> {
    const { router, outside } = this.#shells;
    const quiet = 'sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1';
    for (const cable of CABLES)
      execFileSync(
        'ip',
        `link add r${cable} netns ${this.#router} type veth peer name o${cable} netns ${this.#outside}`.split(' '),
      );
    const mac = (side: number, cable: number) => `02:00:00:00:0${side}:0${cable}`;
    const addresses = Object.keys(OUTSIDE);
    const said = [
      await outside.run(
        [
          `${quiet} net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0`,
          'ip link set lo up',
          ...CABLES.map(
            (cable) =>
              `ip link set o${cable} address ${mac(1, cable)}; ip link set o${cable} up; ` +
              `ip neigh add ${ROUTER_ADDRESSES[cable]} lladdr ${mac(0, cable)} dev o${cable} nud permanent; ` +
              `ip route add default via ${ROUTER_ADDRESSES[cable]} dev o${cable} onlink table 10${cable}`,
          ),
          ...addresses.map((address) => `ip addr add ${address}/32 dev lo`),
          // What is sent from here leaves by its cable even to an address that is here as well.
          ...addresses.map((address) => `ip rule add pref 10 from ${address} lookup 10${OUTSIDE[address]}`),
          'ip rule add pref 100 lookup local; ip rule del pref 0',
          `nft -f - <<'E'\n${recorder('prerouting', FIRST, CABLES_OUTSIDE)}\nE`,
        ].join('\n'),
      ),
    ];
    said.push(
      await router.run(
        [
          `${quiet} net.ipv4.icmp_ratelimit=0`,
          'sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0',
          'sysctl -qw net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=10000',
          'ip link set lo up',
          ...CABLES.map(
            (cable) =>
              `ip link set r${cable} address ${mac(0, cable)}; ` +
              `ip addr add ${ROUTER_ADDRESSES[cable]}/24 dev r${cable}; ` +
              `ip link set r${cable} up; sysctl -qw net.ipv4.conf.r${cable}.send_redirects=0`,
          ),
          ...CABLES.flatMap((cable) =>
            [...new Set([...addresses, ...DESTINATIONS])].map(
              (address) => `ip neigh replace ${address} lladdr ${mac(1, cable)} dev r${cable} nud permanent`,
            ),
          ),
        ].join('\n'),
      ),
    );
    if (said.join('').trim() !== '') throw new Error(`the namespaces could not be made: ${said.join('')}`);
    // A cable runs when both ends are up, which the kernel says a moment later.
    while ((await router.run("ip -br link | grep -c '^r.* UP '")).trim() !== '3') await pause(5);
    this.#fixed = {
      links: readLinks(json(await router.run('ip -s -j -d link show'))),
      addresses: readAddresses(json(await router.run('ip -j addr show'))),
      neighbours: readNeighbours(json(await router.run('ip -j -s neigh show'))),
    };
  }

  /** Puts the router into a state, all that was there before being gone. */
  async put(state: KernelState): Promise<string> {
    const { router, outside } = this.#shells;
    const connected = CABLES.map(
      (cable) => `route add 10.6${cable + 1}.0.0/24 dev r${cable} proto kernel scope link src 10.6${cable + 1}.0.1`,
    );
    const routing = [
      'rule flush',
      'rule add pref 32766 lookup main',
      'rule add pref 32767 lookup default',
      ...['main', '100', '200'].map((table) => `route flush table ${table}`),
      ...connected,
      ...state.routes.map((route) => `route add ${route}`),
      ...state.rules.map((rule) => `rule add ${rule}`),
    ].join('\n');
    const settings = [
      ['all/rp_filter', 0],
      ['all/route_localnet', 0],
      ['all/accept_local', 0],
    ]
      .concat(CABLES.flatMap((cable) => LEAVES.map((leaf) => [`r${cable}/${leaf}`, leaf === 'forwarding' ? 1 : 0])))
      .concat(state.sysctls)
      .map(([name, value]) => `echo ${value} >/proc/sys/net/ipv4/conf/${name}`);
    const restore = state.backend === 'legacy' ? 'iptables-legacy-restore' : 'iptables-nft-restore';
    await outside.run(CABLES_OUTSIDE.map((device) => `nft flush set inet ${RECORD} seen_${device}`).join('; '));
    return router.run(
      [
        `ip -force -batch - <<'E' 2>&1 | grep -v 'File exists\\|Command failed\\|No such process'\n${routing}\nE`,
        'echo 1 >/proc/sys/net/ipv4/ip_forward',
        ...settings,
        `nft -f - <<'E'\nflush ruleset\n${state.nft}\n${recorder('input', LAST, DEVICES)}\nE`,
        state.ipsets.length === 0 ? '' : `ipset restore <<'E'\n${state.ipsets.join('\n')}\nE`,
        state.iptables === '' ? '' : `${restore} <<'E'\n${state.iptables}\nE`,
      ].join('\n'),
    );
  }

  /** Sends packets, from around the router or from itself. */
  async send(outside: readonly Sent[], own: readonly Sent[]): Promise<void> {
    await this.#senders.outside.send(outside);
    await this.#senders.router.send(own);
    await pause(2);
  }

  /** What came out of the router. */
  async seen(): Promise<Set<Seen>> {
    return elementsOf(JSON.parse(await this.#shells.outside.run(`nft -j list table inet ${RECORD}`)));
  }

  /** The router's state as its own programs print it, read as a node's is; and what was seen. */
  async look(state: KernelState): Promise<Observed> {
    const { router, outside } = this.#shells;
    const save = state.backend === 'legacy' ? 'iptables-legacy-save' : 'iptables-nft-save';
    const parts = (
      await router.run(
        [
          'nft -j list ruleset',
          state.iptables === '' ? 'true' : `${save} -c 2>/dev/null`,
          state.ipsets.length === 0 ? 'true' : 'ipset save',
          'ip -j -d route show table all',
          'ip -j rule show',
          `grep -H '' /proc/sys/net/ipv4/ip_forward ` +
            `$(ls -d /proc/sys/net/ipv4/conf/*/${SYSCTL_LEAVES.split(',').join(` /proc/sys/net/ipv4/conf/*/`)})`,
        ].join("\necho '=='\n"),
      )
    ).split('==\n');
    const [nft = '', iptables = '', ipsets = '', routes = '', rules = '', sysctls = ''] = parts;
    const seen = JSON.parse(await outside.run(`nft -j list table inet ${RECORD}`)) as unknown;
    const printed = JSON.parse(nft) as { nftables: { chain?: { table: string }; rule?: { table: string } }[] };
    const native = {
      nftables: printed.nftables.filter(({ chain, rule }) => (chain ?? rule)?.table !== RECORD),
    };
    return {
      outside: elementsOf(seen),
      own: elementsOf(printed),
      state: {
        ...this.#fixed,
        routes: readRoutes(json(routes)),
        rules: readRoutingRules(json(rules), 'ipv4'),
        ipsets: readIpsets(ipsets),
        sysctls: Object.fromEntries(
          sysctls
            .split('\n')
            .filter((line) => line.includes(':'))
            .map((line) => {
              const [path = '', value = ''] = line.split(':');
              return [path.replace('/proc/sys/', '').replaceAll('/', '.'), value];
            }),
        ),
        rulesets: withoutDoubles([readNftRuleset(native), readIptablesSave(iptables)]),
      },
    };
  }

  /** Takes away what is not replaced with the next state. */
  async clear(state: KernelState): Promise<void> {
    if (state.backend === 'legacy' && state.iptables !== '') {
      const tables = Object.entries(LEGACY_CHAINS).map(
        ([table, chains]) => `*${table}\n${chains.map((chain) => `:${chain} ACCEPT [0:0]`).join('\n')}\nCOMMIT`,
      );
      await this.#shells.router.run(`iptables-legacy-restore <<'E'\n${tables.join('\n')}\nE`);
    }
    // Rules hold the sets that they ask.
    if (state.ipsets.length > 0) await this.#shells.router.run('nft flush ruleset; ipset destroy');
  }

  end(): void {
    for (const each of [...Object.values(this.#shells), ...Object.values(this.#senders)]) each.end();
    for (const name of [this.#router, this.#outside]) execFileSync('ip', ['netns', 'del', name]);
  }
}

const LEGACY_CHAINS = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};
const LEAVES = SYSCTL_LEAVES.split(',');
const pause = (timeMs: number) => new Promise((resolve) => setTimeout(resolve, timeMs));
