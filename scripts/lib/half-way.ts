import type { RunReport } from '../../helpers/report/run-report.ts';
import type { LabStatus } from '../../lab/status.ts';
import type { LabRun } from './gate-run.ts';

/** What an acceptance has to say of a half-way state. */
export interface Named {
  /** The finding that names it, proved. */
  code: string;
  /** Where it is; absent where it is the cluster's. */
  at?: 'last-server' | 'last-node';
  /** What is said of it, in a reason, in evidence or in the text of a point. */
  says: RegExp;
  /** Findings that may be proved beside it: they are true of that state as well. */
  beside?: readonly string[];
  /** flannel is still at work there, or its pods are: nothing of it can be taken away. */
  keepsFlannel?: true;
}

/** By the names of the states. */
export const NAMED: Record<string, Named> = {
  'flag-missing': {
    code: 'k3s-config-not-applied',
    at: 'last-server',
    says: /k3s-master-\d+ runs with flannel-backend: vxlan/,
    beside: ['cni-leftovers', 'flannel-masquerade-left-over', 'pods-on-former-network', 'stale-overlay-device-route'],
    keepsFlannel: true,
  },
  'not-restarted': {
    code: 'k3s-config-not-applied',
    at: 'last-server',
    says: /its files say flannel-backend: none, K3s runs with vxlan: it was not restarted since/,
    beside: ['cni-leftovers', 'flannel-masquerade-left-over', 'pods-on-former-network', 'stale-overlay-device-route'],
    keepsFlannel: true,
  },
  'two-cni-configurations': {
    code: 'cni-leftovers',
    at: 'last-node',
    says: /10-calico\.conflist and 10-flannel\.conflist/,
  },
  'pods-not-recreated': {
    code: 'pods-on-former-network',
    says: /pods? on the bridge of flannel/,
    beside: ['cni-leftovers', 'flannel-masquerade-left-over'],
    keepsFlannel: true,
  },
  'pool-missing': {
    code: 'pool-mismatch',
    says: /no IPPool/,
    // No pod of any Service has an address.
    beside: ['cni-setup-fails', 'service-no-endpoints'],
  },
  'wrong-pool': { code: 'pool-mismatch', says: /192\.168\.0\.0\/16/ },
  'wrong-encapsulation': { code: 'pool-mismatch', says: /calico-vxlan runs/ },
  'nat-outgoing-off': { code: 'pool-mismatch', says: /natOutgoing/, beside: ['egress-not-masqueraded'] },
  'felix-missing': { code: 'calico-felix-stopped', at: 'last-node', says: /felix/ },
  'encapsulation-filtered': { code: 'ip-protocol-filtered-in-path', says: /IP protocol 4/ },
  'policy-left-overs': {
    code: 'cni-leftovers',
    says: /rules of K3s' policy controller/,
    beside: ['kube-router-policy-left-over'],
  },
  'host-network': {
    code: 'workloads-still-host-network',
    says: /keybuzz-ui is on the host network/,
    beside: ['service-no-endpoints', 'host-port-taken'],
  },
};

const textsOf = (report: RunReport): string[] => [
  ...(report.acceptance?.reasons ?? []),
  ...report.symptoms.flatMap(({ text }) => text ?? []),
  ...report.findings.flatMap(({ title, evidence }) => [title, ...evidence.map(({ text }) => text)]),
];

/** What an acceptance of a half-way state says wrong; empty where it names it. Pure. */
export function troublesOf({ report, exitCode, printed }: LabRun, named: Named, nodes: LabStatus['nodes']): string[] {
  if (!report) return [`no report: ${printed.trim().split('\n').at(-1) ?? ''}`];
  const wrong: string[] = [];
  if (report.acceptance?.verdict !== 'not accepted') wrong.push(`it is ${report.acceptance?.verdict ?? 'not judged'}`);
  if (exitCode !== 1) wrong.push(`the exit code is ${exitCode ?? 'none'}`);
  const proved = report.findings.filter(({ confidence }) => confidence === 'proved');
  const finding = proved.find(({ code }) => code === named.code);
  const may = [named.code, ...(named.beside ?? [])];
  for (const { code, title } of proved) if (!may.includes(code)) wrong.push(`proved besides: ${code}: ${title}`);
  if (!textsOf(report).some((text) => named.says.test(text))) wrong.push(`nothing says ${named.says}`);
  if (!finding) return [...wrong, `${named.code} is not proved`];
  const server = nodes.findLast(({ role }) => role === 'server')?.name;
  const node = { 'last-server': server, 'last-node': nodes.at(-1)?.name };
  const at = named.at && node[named.at];
  if (at !== undefined && !finding.locations.some((each) => each.node === at)) wrong.push(`it is not said of ${at}`);
  if (at !== undefined && !finding.remedy.includes(at)) wrong.push(`the remedy does not name ${at}: ${finding.remedy}`);
  if (finding.remedy.trim() === '') wrong.push('there is no remedy');
  return wrong;
}
