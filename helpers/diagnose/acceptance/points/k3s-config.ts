import type { AcceptancePoint } from '../../../model/acceptance.ts';
import type { View } from '../../view/view.ts';
import { point, type Trouble } from '../point.ts';

/** The two settings by which K3s gives up its own network: its documentation, "Custom CNI". */
const BACKEND = 'flannel-backend';
const NO_POLICY = 'disable-network-policy';

/** A scalar at the top of K3s' files; the last file that has it counts: config.yaml, then config.yaml.d by name. */
function inFiles(files: Record<string, string>, key: string): string | undefined {
  const line = new RegExp(`^"?${key}"?[ \\t]*:[ \\t]*["']?([^"'#\\s]*)`, 'gm');
  const paths = Object.keys(files).toSorted(
    (a, b) => Number(a.includes('config.yaml.d/')) - Number(b.includes('config.yaml.d/')) || a.localeCompare(b),
  );
  return paths.flatMap((path) => [...(files[path] ?? '').matchAll(line)].map(([, value]) => value)).at(-1);
}

/** What the process was started with: K3s writes its arguments, those of its files among them, to its Node object. */
export function inArguments(annotation: string, key: string): string | undefined {
  let args: unknown;
  try {
    args = JSON.parse(annotation);
  } catch {
    return undefined;
  }
  if (!Array.isArray(args)) return undefined;
  const words = args.filter((word): word is string => typeof word === 'string');
  const at = words.findLastIndex((word) => word === `--${key}` || word.startsWith(`--${key}=`));
  const word = words[at];
  if (word === undefined) return undefined;
  if (word.includes('=')) return word.slice(word.indexOf('=') + 1);
  const next = words[at + 1];
  return next === undefined || next.startsWith('--') ? 'true' : next;
}

interface Setting {
  node: string;
  key: string;
  /** As the files have it; absent where they do not say. */
  file?: string;
  running: string;
}

const DEFAULTS: Record<string, string> = { [BACKEND]: 'vxlan', [NO_POLICY]: 'false' };

/** Whether servers are told to leave the network to another plugin, and run so. Pure. */
export function k3sConfigPoints(view: View): AcceptancePoint[] {
  const area = 'k3s-config';
  const titles = [
    'each K3s server runs with the settings of its files',
    "each K3s server leaves the network to the plugin that runs, flannel and K3s' own policies are off",
  ] as const;
  if (view.facts.one('cluster')?.value.distribution !== 'k3s')
    return titles.map((title) => point({ area, title, skipped: 'the cluster is no K3s' }));
  const servers = [...view.cluster.nodes.values()].filter(({ value }) => value.role === 'server');
  const unknown: Trouble[] = [];
  const settings: Setting[] = [];
  const ids: (string | undefined)[] = [];
  for (const { value, id } of servers) {
    const node = value.name;
    const files = view.facts.one('ssh/k3s-config', node);
    const annotation = value.annotations['k3s.io/node-args'];
    ids.push(id, files?.id);
    if (!files) unknown.push({ node, text: `${node}: /etc/rancher/k3s was not read (it takes SSH, and root)` });
    if (annotation === undefined) unknown.push({ node, text: `${node} says no arguments (k3s.io/node-args)` });
    if (annotation === undefined) continue;
    for (const key of [BACKEND, NO_POLICY])
      settings.push({
        node,
        key,
        file: files && inFiles(files.value, key),
        running: inArguments(annotation, key) ?? DEFAULTS[key] ?? '',
      });
  }
  const stale = settings.filter(({ file, running }) => file !== undefined && file !== running);
  const kind = view.cluster.overlay?.value.kind ?? 'unknown';
  const wanted: Record<string, string> = { [BACKEND]: 'none', [NO_POLICY]: 'true' };
  const wrong = settings.filter(({ key, running }) => running !== wanted[key]);
  const policies = (text: string) =>
    `${text}; set flannel-backend: none and disable-network-policy: true in /etc/rancher/k3s/config.yaml of each ` +
    'server, and restart K3s there, one server at a time.';
  const unlike = [BACKEND, NO_POLICY].flatMap((key): Trouble[] => {
    const values = Map.groupBy(
      settings.filter((setting) => setting.key === key),
      ({ running }) => running,
    );
    if (values.size < 2) return [];
    const each = [...values].map(([value, own]) => `${value} on ${own.map(({ node }) => node).join(', ')}`);
    return [{ text: `servers differ in ${key}: ${each.join('; ')}` }];
  });
  return [
    point({
      area,
      code: 'k3s-config-not-applied',
      title: titles[0],
      wrong: [
        ...stale.map(({ node, key, file, running }) => ({
          node,
          text: `${node}: its files say ${key}: ${file}, K3s runs with ${running}: it was not restarted since`,
        })),
        ...unlike,
      ],
      unknown,
      remedy: 'Restart K3s on these servers (systemctl restart k3s), one at a time.',
      observations: ids,
    }),
    point({
      area,
      code: 'k3s-config-not-applied',
      title: titles[1],
      ...(kind.startsWith('flannel') && { skipped: "K3s' own flannel is the network" }),
      wrong: wrong.map(({ node, key, running }) => ({ node, text: `${node} runs with ${key}: ${running}` })),
      unknown: unknown.filter(({ text }) => text.includes('node-args')),
      remedy: policies('K3s brings flannel and its policies back with each start'),
      observations: ids,
    }),
  ];
}
