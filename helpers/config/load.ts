import { AGENT_PORTS } from '../model/agent-ports.ts';
import { NetwrightError } from '../errors.ts';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import type { SshTarget } from '../model/targets.ts';
import type { Config } from './config.ts';
import { expandPath, whyUnreadable } from './files.ts';
import { findKubeconfig, isTokenOfPod } from './kubeconfig.ts';
import { configError, unknownVariable, type ConfigProblem } from './problems.ts';
import { PROFILE_SETTINGS } from './profiles.ts';
import { gather, type ConfigSources, type Sourced } from './sources.ts';
import { SUITES } from '../model/suites.ts';
import { variablesSchema, type Variables } from './variables.ts';

const FILES = [
  'NETWRIGHT_KUBECONFIG',
  'NETWRIGHT_INGRESS_CA',
  'NETWRIGHT_ACCEPT_BEFORE',
  'NETWRIGHT_SSH_KEY',
  'NETWRIGHT_SSH_KNOWN_HOSTS',
  'NETWRIGHT_SSH_CONFIG',
  'NETWRIGHT_ACCEPTED',
] as const;

function parse(sourced: ReadonlyMap<string, Sourced>): { values: Partial<Variables>; problems: ConfigProblem[] } {
  const own = [...sourced].filter(([name]) => name.startsWith('NETWRIGHT_')).map(([name, { value }]) => [name, value]);
  const { data, error } = variablesSchema.safeParse(Object.fromEntries(own));
  const problems = (error?.issues ?? []).flatMap((issue): ConfigProblem[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(unknownVariable)
      : [{ variable: String(issue.path[0]), expected: issue.message }],
  );
  return { values: data ?? {}, problems };
}

/** What no single value shows: files that are not there, values that need one another. */
function crossCheck(sourced: ReadonlyMap<string, Sourced>, absolute: (path: string) => string): ConfigProblem[] {
  const unreadable = FILES.flatMap((variable): ConfigProblem[] => {
    const came = sourced.get(variable);
    // A key pasted in place of its path is no path, and must not be shown as one.
    if (!came || came.value.includes('\n') || (variable === 'NETWRIGHT_SSH_CONFIG' && came.value === 'none')) return [];
    const why = whyUnreadable(absolute(came.value));
    return why === undefined
      ? []
      : [
          {
            variable,
            expected:
              variable === 'NETWRIGHT_SSH_KEY'
                ? 'the path of a file that exists and can be read'
                : `a file that can be read (${why})`,
          },
        ];
  });
  const lonely = ['NETWRIGHT_SSH_KEY', 'NETWRIGHT_SSH_JUMP'].filter(
    (name) => sourced.has(name) && !sourced.has('NETWRIGHT_SSH_USER') && !sourced.has('NETWRIGHT_SSH_CONFIG'),
  );
  const needsUser =
    lonely.length > 0
      ? [{ variable: 'NETWRIGHT_SSH_USER', expected: `a user name, because ${lonely.join(' and ')} is set` }]
      : [];
  return [...unreadable, ...needsUser];
}

const DAY_MS = 86_400_000;

function sshTarget(
  values: Variables,
  env: (name: string) => string | undefined,
  absolute: (path: string) => string,
): SshTarget | undefined {
  const { NETWRIGHT_SSH_USER: user, NETWRIGHT_SSH_KEY: key, NETWRIGHT_SSH_JUMP: jumps } = values;
  const { NETWRIGHT_SSH_PORT: port, NETWRIGHT_SSH_KNOWN_HOSTS: knownHosts, NETWRIGHT_SSH_CONFIG: named } = values;
  if (user === undefined && (named === undefined || named === 'none')) return undefined;
  const agent = values.NETWRIGHT_SSH_AGENT ?? env('SSH_AUTH_SOCK');
  const configPath = named === 'none' ? undefined : absolute(named ?? '~/.ssh/config');
  return {
    user: user ?? '',
    port: port ?? 22,
    ...(key !== undefined && { privateKeyPath: absolute(key) }),
    ...(agent !== undefined && { agent: absolute(agent) }),
    knownHostsPath: absolute(knownHosts ?? '~/.ssh/known_hosts'),
    ...(jumps && { jumps }),
    ...(configPath !== undefined &&
      whyUnreadable(configPath) === undefined && {
        configPath,
        assumed: [
          ...(user === undefined ? (['user'] as const) : []),
          ...(port === undefined ? (['port'] as const) : []),
          ...(knownHosts === undefined ? (['knownHostsPath'] as const) : []),
        ],
      }),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

/**
 * Reads all configuration: command line over environment over .env, checked against one schema. Paths come back
 * absolute, the result frozen. Throws one NetwrightError `config-invalid` (exit code 2) that lists every problem, or
 * `config-file-unreadable`.
 */
export function loadConfig(sources: ConfigSources): Config {
  const sourced = gather(sources);
  const env = (name: string) => sourced.get(name)?.value;
  const environment = Object.fromEntries([...sourced].map(([name, { value }]) => [name, value]));
  const absolute = (path: string) => expandPath(path, sources.cwd, environment);
  const { values: v, problems } = parse(sourced);
  const refused = new Set(problems.map(({ variable }) => variable));
  const all = [...problems, ...crossCheck(sourced, absolute).filter(({ variable }) => !refused.has(variable))];
  if (all.length > 0) throw configError(all, sourced);

  const { found, candidates } = findKubeconfig(v.NETWRIGHT_KUBECONFIG, environment, sources.cwd);
  const profile = v.NETWRIGHT_PROFILE ?? 'gate';
  const defaults = PROFILE_SETTINGS[profile];
  return deepFreeze<Config>({
    profile,
    settings: {
      ...defaults,
      timeoutMs: v.NETWRIGHT_TIMEOUT_MS ?? defaults.timeoutMs,
      udpAttempts: v.NETWRIGHT_ATTEMPTS ?? defaults.udpAttempts,
    },
    target: v.NETWRIGHT_TARGET ?? 'cluster',
    kubeconfig: found,
    kubeconfigCandidates: candidates,
    kubeContext: v.NETWRIGHT_CONTEXT,
    namespace: v.NETWRIGHT_NAMESPACE?.find((name) => name !== '*') ?? 'default',
    namespaces: v.NETWRIGHT_NAMESPACE ?? ['default'],
    nodes: v.NETWRIGHT_NODES,
    services: v.NETWRIGHT_SERVICES,
    hosts: v.NETWRIGHT_HOSTS,
    healthPath: v.NETWRIGHT_HEALTH_PATH ?? '/health',
    ...(v.NETWRIGHT_HEALTH_PATH !== undefined && { isHealthPathNamed: true }),
    identity: v.NETWRIGHT_IDENTITY ?? { kind: 'compare' },
    externalName: v.NETWRIGHT_EXTERNAL_NAME,
    loadBalancer: v.NETWRIGHT_LOAD_BALANCER,
    ingressHttpPort: v.NETWRIGHT_INGRESS_HTTP_PORT,
    ingressHttpsPort: v.NETWRIGHT_INGRESS_HTTPS_PORT,
    ingressNodePortHttp: v.NETWRIGHT_INGRESS_NODEPORT_HTTP,
    ingressNodePortHttps: v.NETWRIGHT_INGRESS_NODEPORT_HTTPS,
    ingressCaPath: v.NETWRIGHT_INGRESS_CA && absolute(v.NETWRIGHT_INGRESS_CA),
    ingressNodes: v.NETWRIGHT_INGRESS_NODES,
    probe: {
      namespaces: v.NETWRIGHT_PROBE_NAMESPACE,
      image: v.NETWRIGHT_PROBE_IMAGE ?? 'docker.io/library/node:24-slim',
      pullSecret: v.NETWRIGHT_PROBE_PULL_SECRET,
      nodePath: v.NETWRIGHT_PROBE_NODE_PATH ?? '/usr/local/bin/node',
      ports: {
        podTcp: v.NETWRIGHT_PROBE_TCP_PORT ?? AGENT_PORTS.podTcp,
        podUdp: v.NETWRIGHT_PROBE_UDP_PORT ?? AGENT_PORTS.podUdp,
        hostTcp: v.NETWRIGHT_PROBE_HOST_TCP_PORT ?? AGENT_PORTS.hostTcp,
        hostUdp: v.NETWRIGHT_PROBE_HOST_UDP_PORT ?? AGENT_PORTS.hostUdp,
      },
      canaryNodePort: v.NETWRIGHT_CANARY_NODEPORT ?? true,
      canaryIngressClass: v.NETWRIGHT_CANARY_INGRESS_CLASS,
    },
    ssh: sshTarget(v, env, absolute),
    suites: v.NETWRIGHT_SUITES ?? SUITES,
    failOn: v.NETWRIGHT_FAIL_ON ?? 'inconclusive',
    budgetMs: v.NETWRIGHT_BUDGET,
    waitMs: v.NETWRIGHT_WAIT,
    acceptance: {
      ...(v.NETWRIGHT_SNAPSHOT !== undefined && { snapshotPath: absolute(v.NETWRIGHT_SNAPSHOT) }),
      ...(v.NETWRIGHT_ACCEPT_BEFORE !== undefined && { beforePath: absolute(v.NETWRIGHT_ACCEPT_BEFORE) }),
      network: v.NETWRIGHT_ACCEPT_NETWORK,
      deployments: v.NETWRIGHT_ACCEPT_DEPLOYMENTS ?? [],
      exercise: v.NETWRIGHT_EXERCISE_WORKLOADS ?? [],
    },
    htmlReport: v.NETWRIGHT_HTML_REPORT ?? true,
    retention: {
      ...(v.NETWRIGHT_KEEP_RUNS !== undefined && { runs: v.NETWRIGHT_KEEP_RUNS }),
      ...(v.NETWRIGHT_KEEP_DAYS !== undefined && { ageMs: v.NETWRIGHT_KEEP_DAYS * DAY_MS }),
    },
    metricsPath: v.NETWRIGHT_METRICS_FILE && absolute(v.NETWRIGHT_METRICS_FILE),
    ...(v.NETWRIGHT_WEBHOOK !== undefined && {
      webhook: { url: v.NETWRIGHT_WEBHOOK, format: v.NETWRIGHT_WEBHOOK_FORMAT ?? 'json' },
    }),
    pingUrl: v.NETWRIGHT_PING,
    metricsListen: v.NETWRIGHT_METRICS_LISTEN,
    pushgatewayUrl: v.NETWRIGHT_PUSHGATEWAY,
    openReport: v.NETWRIGHT_OPEN_REPORT ?? false,
    acceptedPath: v.NETWRIGHT_ACCEPTED && absolute(v.NETWRIGHT_ACCEPTED),
    reportsDir: absolute(v.NETWRIGHT_REPORTS_DIR ?? 'reports'),
    cacheDir: absolute(v.NETWRIGHT_CACHE_DIR ?? `${env('XDG_CACHE_HOME') ?? '~/.cache'}/netwright`),
    testLab: v.NETWRIGHT_TEST_LAB,
    labKeepBroken: v.NETWRIGHT_LAB_KEEP_BROKEN ?? false,
  });
}

/** The kubeconfig to use. Throws `kubeconfig-missing` (exit code 2) with the places that were looked at. */
export function requireKubeconfig({ kubeconfig, kubeconfigCandidates: candidates }: Config): KubeconfigSource {
  if (kubeconfig !== undefined) return kubeconfig;
  throw new NetwrightError(`no kubeconfig was found; looked at ${candidates.join(', ')}`, {
    code: 'kubeconfig-missing',
    hint: candidates.some(isTokenOfPod)
      ? 'this pod has no token of its ServiceAccount: set automountServiceAccountToken: true in its spec'
      : 'set NETWRIGHT_KUBECONFIG to the path of one, or start a cluster to try it on: npm start',
  });
}
