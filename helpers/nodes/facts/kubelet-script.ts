import { NOT_APPLICABLE } from './section.ts';

/** Scripts that say how a node's kubelet does. POSIX shell; each only reads. */

/** Programs that a kubelet is, or is a part of, and the runtimes that it needs. */
const AGENTS = 'kubelet|k3s|k3s-agent|k3s-server|rke2|k0s|containerd|dockerd|crio';

export const NODE_AGENTS = `ps -eo pid=,stat=,etimes=,comm= | awk '$4 ~ /^(${AGENTS})$/' | head -n 50`;

/** Units of systemd, and the files that OpenRC and kubeadm's own recipes write. */
const UNITS = ['k3s-agent', 'k3s', 'rke2-agent', 'rke2-server', 'kubelet'];
const FILES = ['/var/log/k3s-agent.log', '/var/log/k3s.log', '/var/log/rke2.log', '/var/log/kubelet.log'];
const LOG_LINES = 400;
const KEPT_LINES = 40;
const LINE_CHARACTERS = 300;

/** The node's own clock first: lines say no year and no zone. Only complaints are kept. */
export const KUBELET_LOG =
  `date +'now %Y-%m-%d %H:%M:%S'; { command -v journalctl >/dev/null && for u in ${UNITS.join(' ')}; do ` +
  `timeout 3 journalctl -q -u "$u" -n ${LOG_LINES} --no-pager -o cat 2>/dev/null; done; for f in ` +
  `${FILES.join(' ')}; do [ -f "$f" ] && tail -n ${LOG_LINES} "$f"; done; } | grep -aE ` +
  `'^[EF][0-9]{4} |level=(error|fatal)|[Ff]ailed to run|panic:' | cut -c1-${LINE_CHARACTERS} | ` +
  `tail -n ${KEPT_LINES}; true`;

const KUBECONFIGS = [
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/kubeconfig',
  '/var/lib/rancher/k3s/agent/kubelet.kubeconfig',
  '/var/lib/rancher/rke2/agent/kubelet.kubeconfig',
];
/** Where the agents of K3s and RKE2 are told their server: their kubelets ask a balancer on the node itself. */
const AGENT_CONFIGS = [
  '/etc/rancher/k3s/config.yaml',
  '/etc/rancher/rke2/config.yaml',
  '/etc/systemd/system/k3s-agent.service.env',
  '/etc/rancher/k3s/k3s.env',
];
/** Seconds for one try: a server that answers takes a tenth of one. */
const TRY_SECONDS = 2;
/** More than a frame, as a kubelet's status is; a server takes headers of this size. */
const LARGE_BYTES = 3_000;

/**
 * Which server the kubelet has, and how that answers a small request and one that takes several frames, as anybody's:
 * without a token, so that 401 and 403 are answers too.
 */
export const API_SERVER_WAY = [
  // The one that a running kubelet was started with comes first.
  `c=$(for p in $(pgrep -x kubelet); do tr '\\0' '\\n' </proc/$p/cmdline | sed -n '/^--kubeconfig$/{n;p;}; ` +
    `s/^--kubeconfig=//p'; done)`,
  `s=$(cat $c ${KUBECONFIGS.join(' ')} 2>/dev/null | sed -n 's/^ *server: *//p' | tr -d '"' | head -n 1)`,
  `case "$s" in *//127.*|*//localhost*|*//\\[::1*|'') t=$(cat ${AGENT_CONFIGS.join(' ')} 2>/dev/null | sed -n ` +
    `'s/^ *server: *//p; s/^ *K3S_URL=//p' | tr -d "\\"'" | head -n 1); s=\${t:-$s};; esac`,
  `[ -n "$s" ] || exit ${NOT_APPLICABLE}`,
  `echo "server $s"`,
  `h=\${s#*://}; h=\${h%%/*}`,
  `command -v ss >/dev/null && ss -Htn state all dport = ":\${h##*:}" 2>/dev/null | head -n 20 | awk ` +
    `'{print "connection", $1, $3}'`,
  `command -v curl >/dev/null || exit 0`,
  `try() { n=$1; shift; o=$(curl -q -sS -k -m ${TRY_SECONDS} -o /dev/null -A netwright --noproxy '*' -w ` +
    `'%{http_code} %{time_connect}' "$@" "$s/version" 2>&1); e=$?; echo "try $n $e $o" | tr '\\n' ' '; echo; }`,
  `try small`,
  `try large -H "X-Netwright: $(head -c ${LARGE_BYTES} /dev/zero | tr '\\0' x)"`,
  'true',
].join('\n');
