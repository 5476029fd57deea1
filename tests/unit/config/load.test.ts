import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ExitCode, NetwrightError } from '../../../helpers/errors.ts';
import { findKubeconfig } from '../../../helpers/config/kubeconfig.ts';
import { loadConfig, requireKubeconfig } from '../../../helpers/config/load.ts';
import { PROFILE_SETTINGS } from '../../../helpers/config/profiles.ts';
import { targetsFromConfig } from '../../../helpers/config/targets.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'netwright-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}, rest: { overrides?: Record<string, string>; envFile?: string } = {}) =>
  loadConfig({ env: { HOME: cwd, ...env }, cwd, ...rest });

function refusal(env: Record<string, string>, rest: { envFile?: string } = {}): NetwrightError {
  try {
    load(env, rest);
  } catch (error) {
    if (error instanceof NetwrightError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('where values come from', () => {
  test('with nothing set, every default holds', () => {
    const config = load();
    expect(config).toMatchObject({
      profile: 'gate',
      settings: PROFILE_SETTINGS.gate,
      namespace: 'default',
      healthPath: '/health',
      identity: { kind: 'compare' },
      reportsDir: join(cwd, 'reports'),
      target: 'cluster',
    });
    expect(config.suites).toHaveLength(6);
    expect(config.ssh).toBeUndefined();
  });

  test('the environment wins over .env, and the command line over both', () => {
    writeFileSync(
      join(cwd, '.env'),
      'NETWRIGHT_NAMESPACE=file\nNETWRIGHT_TIMEOUT_MS=1000\nNETWRIGHT_PROFILE=nightly\nOTHER_TOOL=1\n',
    );
    const config = load(
      { NETWRIGHT_NAMESPACE: 'env', NETWRIGHT_PROFILE: 'gate' },
      { overrides: { NETWRIGHT_PROFILE: 'acceptance' } },
    );
    expect([config.namespace, config.settings.timeoutMs, config.profile]).toEqual(['env', 1000, 'acceptance']);
  });

  test('an empty variable counts as not set, and hides the one of the file', () => {
    writeFileSync(join(cwd, '.env'), 'NETWRIGHT_LOAD_BALANCER=10.0.0.5\n');
    expect(load({ NETWRIGHT_LOAD_BALANCER: '' }).loadBalancer).toBeUndefined();
  });

  test('a file that was named and is not there is an error, a missing .env is not', () => {
    const error = refusal({}, { envFile: join(cwd, 'other.env') });
    expect([error.code, error.exitCode]).toEqual(['config-file-unreadable', ExitCode.usage]);
    expect(error.message).toContain('other.env: ENOENT');
  });

  test('the result cannot be changed', () => {
    const config = load({ NETWRIGHT_SERVICES: 'api:80' });
    expect(() => Object.assign(config.services?.[0] ?? {}, { port: 1 })).toThrow(TypeError);
  });
});

describe('what is refused', () => {
  test('all problems come at once, each with what was expected, what came, from where, and an example', () => {
    writeFileSync(join(cwd, '.env'), 'NETWRIGHT_PROFILE=quick\n');
    const error = refusal({
      NETWRIGHT_TIMEOUT_MS: '2s',
      NETWRIGHT_LOADBALANCER: '10.0.0.1',
      NETWRIGHT_LOAD_BALANCER: '10.0.0.300',
      NETWRIGHT_SERVICES: 'api:8080,b:http',
    });
    expect([error.code, error.exitCode]).toEqual(['config-invalid', ExitCode.usage]);
    expect(error.message.split('\n').toSorted()).toMatchInlineSnapshot(`
      [
        "  NETWRIGHT_LOADBALANCER (environment): no such variable; did you mean NETWRIGHT_LOAD_BALANCER?",
        "  NETWRIGHT_LOAD_BALANCER (environment): expected an IP address or a DNS name, got "10.0.0.300"; for example NETWRIGHT_LOAD_BALANCER=203.0.113.10",
        "  NETWRIGHT_PROFILE (.env): expected one of gate, nightly, acceptance, got "quick"; for example NETWRIGHT_PROFILE=nightly",
        "  NETWRIGHT_SERVICES (environment): expected a list of [namespace/]name[:port], separated by commas; not so: "b:http", got "api:8080,b:http"; for example NETWRIGHT_SERVICES=keybuzz-api:8080,shop/web:80",
        "  NETWRIGHT_TIMEOUT_MS (environment): expected a whole number of milliseconds from 100 to 60000, got "2s"; for example NETWRIGHT_TIMEOUT_MS=2000",
        "the configuration has 5 problems, nothing was started:",
      ]
    `);
  });

  test.each([
    ['NETWRIGHT_NAMESPCE', 'NETWRIGHT_NAMESPACE'],
    ['NETWRIGHT_SSH_KNOWNHOSTS', 'NETWRIGHT_SSH_KNOWN_HOSTS'],
    ['NETWRIGHT_KUBE_CONFIG', 'NETWRIGHT_KUBECONFIG'],
    ['NETWRIGHT_INGRESS_NODEPORT_HTPS', 'NETWRIGHT_INGRESS_NODEPORT_HTTPS'],
  ])('of the unknown %s it says that %s was meant', (wrong, right) => {
    expect(refusal({ [wrong]: 'x' }).message).toContain(
      `${wrong} (environment): no such variable; did you mean ${right}?`,
    );
  });

  test('of an unknown name that is near to none it says where they are listed, and never the value', () => {
    const { message } = refusal({ NETWRIGHT_FROBNICATE: 'hunter2' });
    expect(message).toContain('NETWRIGHT_FROBNICATE (environment): no such variable; docs/configuration.md lists them');
    expect(message).not.toContain('hunter2');
  });

  test('a private key pasted in place of its path is refused and not shown', () => {
    const { message } = refusal({
      NETWRIGHT_SSH_USER: 'ops',
      NETWRIGHT_SSH_KEY: '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n',
    });
    expect(message).toContain(
      'NETWRIGHT_SSH_KEY (environment): expected the path of a file, got something else (not shown)',
    );
    expect(message).not.toContain('b3Bl');
    expect(refusal({ NETWRIGHT_SSH_USER: 'ops', NETWRIGHT_SSH_KEY: 'b3BlbnNzaC1rZXk' }).message).not.toContain('b3Bl');
  });

  test('a file that is not there is named', () => {
    expect(refusal({ NETWRIGHT_KUBECONFIG: 'nowhere' }).message).toContain(
      `expected a file that can be read (${cwd}/nowhere does not exist), got "nowhere"`,
    );
  });

  test('SSH settings without a user are a mistake', () => {
    expect(refusal({ NETWRIGHT_SSH_JUMP: 'ops@bastion' }).message).toContain(
      'NETWRIGHT_SSH_USER: expected a user name, because NETWRIGHT_SSH_JUMP is set, got nothing',
    );
  });

  test.each([
    ['NETWRIGHT_LOAD_BALANCER', '10.1'],
    ['NETWRIGHT_LOAD_BALANCER', 'not_a_name'],
    ['NETWRIGHT_HOSTS', 'https://shop.example.com'],
    ['NETWRIGHT_HOSTS', 'shop.example.com=a/b/c'],
    ['NETWRIGHT_INGRESS_HTTP_PORT', '0'],
    ['NETWRIGHT_INGRESS_HTTPS_PORT', '65536'],
    ['NETWRIGHT_IDENTITY', 'body:('],
    ['NETWRIGHT_IDENTITY', 'header:x-served-by'],
    ['NETWRIGHT_HEALTH_PATH', 'health'],
    ['NETWRIGHT_SUITES', 'coredns,dns'],
    ['NETWRIGHT_SSH_JUMP', 'bastion:22'],
    ['NETWRIGHT_SSH_JUMP', 'ops@gate,'],
    ['NETWRIGHT_ATTEMPTS', '1.5'],
    ['NETWRIGHT_TARGET', 'lab:'],
  ])('%s does not take %s', (name, value) => {
    expect(refusal({ NETWRIGHT_SSH_USER: 'ops', [name]: value }).message).toContain(`${name} (environment): expected `);
  });
});

describe('kubeconfig', () => {
  const files = (...paths: string[]) => ({ kind: 'files', paths });

  test('all files of KUBECONFIG that exist are taken, and no others', () => {
    mkdirSync(join(cwd, '.kube'));
    writeFileSync(join(cwd, '.kube/config'), '');
    writeFileSync(join(cwd, 'own'), '');
    writeFileSync(join(cwd, 'other'), '');
    expect(load({ KUBECONFIG: `/nowhere/at/all:${cwd}/own:other` }).kubeconfig).toEqual(
      files(join(cwd, 'own'), join(cwd, 'other')),
    );
    expect(load({ KUBECONFIG: '/nowhere/at/all' }).kubeconfig).toBeUndefined();
    expect(load().kubeconfig).toEqual(files(join(cwd, '.kube/config')));
  });

  test('the one that is named goes before KUBECONFIG', () => {
    writeFileSync(join(cwd, 'named'), '');
    expect(load({ NETWRIGHT_KUBECONFIG: 'named', KUBECONFIG: `${cwd}/own` }).kubeconfig).toEqual(
      files(join(cwd, 'named')),
    );
  });

  test('the ServiceAccount of the pod is taken where there is no kubeconfig', () => {
    const folder = join(cwd, 'account');
    const env = { HOME: join(cwd, 'nobody'), KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(findKubeconfig(undefined, env, cwd, folder).found).toBeUndefined();
    mkdirSync(folder);
    writeFileSync(join(folder, 'token'), 'x');
    expect(findKubeconfig(undefined, env, cwd, folder).found).toEqual({
      kind: 'service-account',
      folder,
      server: 'https://[fd00::1]:443',
    });
    expect(findKubeconfig(undefined, { HOME: env.HOME }, cwd, folder).found).toBeUndefined();
    expect(findKubeconfig(undefined, { ...env, KUBECONFIG: '/nowhere' }, cwd, folder).found).toBeUndefined();
    expect(findKubeconfig('/nowhere', env, cwd, folder).found).toBeUndefined();
  });

  test('where none is found the error lists the places', () => {
    const config = { ...load(), kubeconfig: undefined };
    expect(() => requireKubeconfig(config)).toThrow(
      `no kubeconfig was found; looked at ${cwd}/.kube/config, /etc/rancher/k3s/k3s.yaml`,
    );
  });
});

describe('targets', () => {
  test('services and hosts get the namespace, the path and the identity of the run', () => {
    const key = join(cwd, 'key');
    writeFileSync(key, '');
    const config = load({
      NETWRIGHT_NAMESPACE: 'keybuzz',
      NETWRIGHT_SERVICES: 'keybuzz-api:8080, shop/web',
      NETWRIGHT_HOSTS: 'platform.keybuzz.io=keybuzz-ui,my.example.com/ready=shop/web,plain.example.com',
      NETWRIGHT_IDENTITY: 'header:x-served-by=^shop',
      NETWRIGHT_INGRESS_NODES: 'w1,w2',
      NETWRIGHT_SSH_USER: 'ops',
      NETWRIGHT_SSH_KEY: '~/key',
      NETWRIGHT_SSH_JUMP: 'ops@gate, ops@[2001:db8::1]:2222',
    });
    const identity = { kind: 'header', name: 'x-served-by', pattern: '^shop' };
    expect(targetsFromConfig(config)).toEqual({
      services: [
        { namespace: 'keybuzz', name: 'keybuzz-api', httpPort: 8080, healthPath: '/health', identity },
        { namespace: 'shop', name: 'web', healthPath: '/health', identity },
      ],
      hosts: [
        { host: 'platform.keybuzz.io', path: '/health', service: 'keybuzz/keybuzz-ui' },
        { host: 'my.example.com', path: '/ready', service: 'shop/web' },
        { host: 'plain.example.com', path: '/health' },
      ],
      ingressNodes: ['w1', 'w2'],
      ssh: {
        user: 'ops',
        port: 22,
        privateKeyPath: key,
        knownHostsPath: join(cwd, '.ssh/known_hosts'),
        jumps: [
          { user: 'ops', host: 'gate', port: 22 },
          { user: 'ops', host: '2001:db8::1', port: 2222 },
        ],
      },
    });
  });

  test('what is not configured is absent, so that discovery fills it', () => {
    const targets = targetsFromConfig(load({ NETWRIGHT_INGRESS_NODES: 'ingress=true' }));
    expect(Object.keys(targets)).toEqual([]);
  });
});
