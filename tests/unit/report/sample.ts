import type { Observation } from '../../../helpers/model/observation.ts';
import { countObservations } from '../../../helpers/report/counts.ts';
import { failureText } from '../../../helpers/report/failure-text.ts';
import { REPORT_VERSION, type RunReport } from '../../../helpers/report/run-report.ts';
import { mesh, NODES, overlayOutage } from './mesh.ts';

const pairs = NODES.flatMap((from) => NODES.filter((to) => to !== from).map((to) => ({ from, to })));

export const outageObservations: Observation[] = mesh(overlayOutage);
const crossPods = mesh(overlayOutage).filter(
  ({ pathClass, source, destination }) => pathClass === 'pod-pod' && source.node !== destination.node,
);
const udp = crossPods.filter(({ kind }) => kind === 'udp-echo');
const tcp = crossPods.filter(({ kind }) => kind === 'payload');

const tcpTitle = 'TCP passes between pods on different nodes';
const udpTitle = 'UDP passes between pods on different nodes';
/** When such a symptom was seen, and from what it follows. */
const follower = {
  followsFrom: [
    {
      code: 'vxlan-port-filtered-in-path',
      confidence: 'proved' as const,
      place: `every ordered pair of the ${NODES.length} nodes`,
    },
  ],
  startedAt: '2026-03-01T10:00:06.000Z',
  durationMs: 2004,
};

/** The report of a run during the incident, as the parts of a real run put it together. */
export const outageReport: RunReport = {
  schemaVersion: REPORT_VERSION,
  runId: '20260301-100000-abcd',
  netwrightVersion: '0.1.0',
  verdict: 'unhealthy',
  profile: 'gate',
  startedAt: '2026-03-01T10:00:00.000Z',
  endedAt: '2026-03-01T10:00:18.200Z',
  cluster: { name: 'lab:demo', serverVersion: 'v1.34.2', distribution: 'k3s', overlay: 'flannel-vxlan', nodes: NODES },
  suites: [
    { name: 'pod-to-pod', verdict: 'fail', passed: 11, failed: 2, skipped: 0, inconclusive: 0, durationMs: 6120 },
    { name: 'coredns', verdict: 'inconclusive', passed: 3, failed: 0, skipped: 1, inconclusive: 1, durationMs: 2210 },
    { name: 'overlay', verdict: 'skipped', passed: 0, failed: 0, skipped: 3, inconclusive: 0, durationMs: 12 },
  ],
  symptoms: [
    {
      suite: 'pod-to-pod',
      title: tcpTitle,
      verdict: 'fail',
      text: failureText(tcp, { among: mesh(overlayOutage) }),
      observations: tcp.map(({ id }) => id),
      ...follower,
    },
    {
      suite: 'pod-to-pod',
      title: udpTitle,
      verdict: 'fail',
      text: failureText(udp, { among: mesh(overlayOutage) }),
      observations: udp.map(({ id }) => id),
      ...follower,
    },
    { suite: 'pod-to-pod', title: 'TCP passes between nodes', verdict: 'pass', observations: [], followsFrom: [] },
    {
      suite: 'coredns',
      title: 'a name outside the cluster resolves from every node',
      verdict: 'skipped',
      text: 'no name outside the cluster is configured (NETWRIGHT_EXTERNAL_NAME)',
      observations: [],
      followsFrom: [],
    },
    {
      suite: 'coredns',
      title: 'names resolve by each CoreDNS replica from every node',
      verdict: 'inconclusive',
      text: '2 of 12 not observed: the probe at k3s-worker-02 could not be heard',
      observations: [],
      followsFrom: [],
    },
  ],
  findings: [
    {
      code: 'vxlan-port-filtered-in-path',
      title: 'UDP 8472 between the nodes is dropped on the way, so pods on different nodes cannot talk',
      confidence: 'proved',
      locations: pairs,
      evidence: [
        {
          text: '100 VXLAN datagrams a pair left the sender and 0 arrived at the receiver, on 6 of 6 ordered pairs',
          observations: ['p1', 'p2'],
        },
        { text: 'UDP of the same size over port 18377 arrives on 6 of 6 ordered pairs', observations: ['p3'] },
      ],
      remedy: 'Allow UDP 8472 between all nodes in the firewall that stands between them.',
      verify: 'netwright run --suite overlay,pod-to-pod',
      rivals: [],
      explains: {
        findings: ['kube-proxy-stopped'],
        symptoms: [tcpTitle, udpTitle].map((title) => ({ suite: 'pod-to-pod', title })),
        observations: [...tcp, ...udp].map(({ id }) => id),
      },
    },
  ],
  unexplained: [],
  unexplainedGroups: [],
  sound: [],
  holes: [
    { what: 'probes in the host network', why: 'the pod did not start: port 18377 is taken', node: 'k3s-worker-02' },
  ],
  timings: { totalMs: 18_200 },
  counts: { ...countObservations(outageObservations), apiCalls: 41, execs: 36 },
};

export const healthyObservations: Observation[] = mesh();
export const healthyReport: RunReport = {
  ...outageReport,
  verdict: 'healthy',
  suites: [
    { name: 'pod-to-pod', verdict: 'pass', passed: 13, failed: 0, skipped: 0, inconclusive: 0, durationMs: 3120 },
  ],
  symptoms: [
    { suite: 'pod-to-pod', title: 'TCP passes between nodes', verdict: 'pass', observations: [], followsFrom: [] },
  ],
  findings: [],
  holes: [],
  counts: countObservations(healthyObservations),
};
