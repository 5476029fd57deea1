import { isRight, ratioText, timeText } from './ratios.ts';
import type { Result } from './results.ts';
import { SPECS } from './specs.ts';
import { STATES } from './states.ts';

/** What the document says beside what was measured. */
export interface Facts {
  machine: string;
  versions: string[];
  topology: string;
  /** Of the contestants, by id. */
  titles: Record<string, string>;
}

/** A cell of a table: no bars, no line breaks. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const kibibytes = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function rowOf(result: Result, title: string): string[] {
  const { state, verdict, firstSignMs, requests, bytes, load, text } = result;
  const cause = state === 'healthy' ? (result.cause === 'wrong' ? '**a wrong one**' : 'none there') : result.cause;
  return [
    title,
    timeText(result),
    firstSignMs === undefined || firstSignMs >= result.ms ? '-' : timeText({ ms: firstSignMs, isCapped: false }),
    String(requests),
    kibibytes(bytes),
    `${verdict === 'none' ? 'no verdict' : verdict}, ${isRight(result) ? 'right' : '**not right**'}`,
    state === 'healthy' ? cause : cause === 'wrong' ? '**wrong**' : cause,
    load.toFixed(0),
    cell(text),
  ];
}

/** To the minute. */
const time = (iso = ''): string => iso.slice(0, 16).replace('T', ' ');

const HEAD = [
  'who',
  'time to verdict',
  'first failure printed',
  'API requests',
  'bytes',
  'verdict',
  'cause',
  'load',
  'said',
];

function ratioRows(results: readonly Result[], titles: Facts['titles']): string[][] {
  const others = Object.keys(titles).slice(1);
  return others.map((id) => [
    titles[id] ?? id,
    ...STATES.map((state) => {
      const of = (contestant: string) =>
        results.find((result) => result.state === state.id && result.contestant === contestant);
      const [own, other] = [of(Object.keys(titles)[0] ?? ''), of(id)];
      return own && other ? ratioText(own, other) : 'not measured';
    }),
  ]);
}

const METHOD = `One lab, one state after the other, one contestant after the other, none at the same time. The load is
that of the machine when a contestant had ended; one well above the number of cores means that the
machine did other work beside, and all times are longer than they need be. All of them run in the lab's
runner namespace, outside the cluster. Time is from the start of the program to its end, with its
roll-out and clean-up; the first failure that it printed is given as well, for one who watches need not
wait for the end (Netwright prints its verdict at the end). A time with > is that at which it was
stopped.

API requests are the difference of the API server's own \`apiserver_request_total\` over all its labels, less the
reading itself and what the idle cluster asked in as much time (measured for 20 s in each state). What kubelets and
controllers ask because of a contestant's pods is in them. Bytes are those of the runner's network device, in and out:
what goes to and from the API server; what the probes send to each other is not in them.

Netwright runs its gate profile, which looks at more than the others do: large payloads, every endpoint and replica,
names outside, every NodePort on every node, the ingress, the tunnel itself. A cause counts as named where it is
proved, at the right places, before all others, and nothing else is proved beside it. The others have no word for
causes: their failures are searched for 8472, VXLAN, firewall and the like.

The Kubernetes tests are \`e2e.test\` built from the module k8s.io/kubernetes, one process, with the time-outs that
they have by default, in the order that they draw by chance, which decides how late the first failure comes; and only
these specs:

${SPECS.map((spec) => `- \`${spec}\``).join('\n')}

Their images cannot be pulled into a lab, which has no way out. In their place stands an image with the real agnhost,
built from the same module, and with curl, dig, nc and busybox of Debian; the specs' second asker of DNS,
jessie-dnsutils, is the same image.

The mesh is [mesh.sh](../scripts/lib/race/mesh.sh), made as overlay test scripts are: a DaemonSet, then \`kubectl
exec\` from each pod, one after the other: ping, HTTP and UDP to each pod, a connection to each Service's ClusterIP, a
look-up of a name. One try each, of a few seconds at most; a good one of UDP takes the second that nc waits for more.

Not tried: goldpinger, kubenurse, kdoctor and kubeskoop. Their modules could not be had where this was built, and a
lab cannot pull their images; nothing is said of them here.`;

/** docs/benchmarks.md, of what was measured. Pure. */
export function benchmarksDocument(results: readonly Result[], facts: Facts): string {
  const labs = new Set(results.map(({ labUpAt }) => labUpAt)).size;
  const where = labs === 1 ? 'one lab' : `${labs} labs, one after the other,`;
  const [first, last] = [results.map(({ startedAt }) => startedAt).toSorted()].flatMap((all) => [all[0], all.at(-1)]);
  const states = STATES.map(({ id, title, fault }) => {
    const rows = Object.keys(facts.titles).flatMap((contestant) => {
      const result = results.find((each) => each.state === id && each.contestant === contestant);
      return [
        result
          ? rowOf(result, facts.titles[contestant] ?? contestant)
          : [facts.titles[contestant] ?? contestant, 'not measured', ...HEAD.slice(2).map(() => '')],
      ];
    });
    return `## ${title[0]?.toUpperCase()}${title.slice(1)}${fault ? ` (\`${fault}\`)` : ''}\n\n${table(HEAD, rows)}`;
  });
  return `# Benchmarks

Written by \`node scripts/run.js race\`, never by hand.

Measured from ${time(first)} to ${time(last)} UTC on ${where} of topology
\`${facts.topology}\`. ${facts.machine}.
${facts.versions.join('; ')}.

## How many times as long as Netwright

${table(['', ...STATES.map(({ title }) => title)], ratioRows(results, facts.titles))}

${states.join('\n\n')}

## How it was measured

${METHOD}
`;
}
