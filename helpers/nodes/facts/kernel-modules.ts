/**
 * A module that the kernel would load by itself when it is asked for what belongs to it. `without` is the output where
 * it is not there, if that says all.
 */
export interface KernelModule {
  name: string;
  without?: string;
}

/** A condition of a shell: the kernel has the module, loaded or built in, or takes none. */
export const hasModule = (name: string) =>
  `{ [ ! -e /proc/modules ] || grep -q '^${name} ' /proc/modules || grep -q '/${name}\\.ko' "/lib/modules/$(uname ` +
  `-r)/modules.builtin"; } 2>/dev/null`;

/** Asking the kernel for rules of nf_tables makes it load that (nfnetlink's `request_module`). */
export const NF_TABLES: KernelModule = { name: 'nf_tables', without: '{"nftables": []}' };
/** The same for the table of connections. */
export const CTNETLINK: KernelModule = { name: 'nf_conntrack_netlink' };
/** The same of sets. */
export const IP_SET: KernelModule = { name: 'ip_set', without: '' };
/** The nft variant of iptables speaks to the kernel even to tell its version. */
export const NFNETLINK: KernelModule = { name: 'nfnetlink' };

/** All rules of iptables. The legacy program looks into /proc/net/ip_tables_names and has nothing loaded. */
const allRulesBy = (program: string) =>
  `case "$(readlink -f "$(command -v ${program})")" in *nft*) ${hasModule(NF_TABLES.name)} || exit 0;; esac; ` +
  `${program} -c`;

export const IPTABLES_SAVE = allRulesBy('iptables-save');
/** The same for IPv6. */
export const IP6TABLES_SAVE = allRulesBy('ip6tables-save');

/** Without its diagnostic modules ss(8) reads /proc instead, when asked to. */
export const LISTENING_SOCKETS =
  `${hasModule('tcp_diag')} && ${hasModule('udp_diag')} || export PROC_NET_TCP=/proc/net/tcp ` +
  'PROC_NET_UDP=/proc/net/udp; ss -lntupH';
