import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { kubeconfigText } from '../cluster/fake-api.ts';
import { makeKey } from '../nodes/sshd.ts';
import { Desk, type Ended } from './netwright.ts';

/** A dozen processes start at once, each busy for a second. */
const TIMEOUT_MS = 90_000;

const desk = new Desk();
afterAll(() => desk[Symbol.dispose]());

/** All that was said, and the exit code. */
const said = ({ code, stdout, stderr }: Ended): string => `${stdout}${stderr}\n=> ${code}`;

describe.concurrent('the command line', { timeout: TIMEOUT_MS }, () => {
  test('an unknown option is named', async ({ expect }) => {
    expect(said(await desk.run(['run', '--profil', 'gate']))).toMatchInlineSnapshot(`
      "error: unknown option '--profil'
      (Did you mean --profile?)
      => 2"
    `);
  });

  test('an unknown command is named, with the one that was meant', async ({ expect }) => {
    expect(said(await desk.run(['rnu']))).toMatchInlineSnapshot(`
      "error: unknown command 'rnu'
      (Did you mean run?)
      => 2"
    `);
  });

  test('a value that an option does not take is named, with those it takes', async ({ expect }) => {
    expect(said(await desk.run(['run', '--profile', 'quick']))).toMatchInlineSnapshot(`
      "error: option '--profile <profile>' argument 'quick' is invalid. Allowed choices are gate, nightly, acceptance.
      => 2"
    `);
  });

  test('a suite that does not exist is named, with those that do', async ({ expect }) => {
    expect(said(await desk.run(['run', '--suite', 'coredns,dns']))).toMatchInlineSnapshot(`
      "error: the configuration has one problem, nothing was started:
        NETWRIGHT_SUITES (command line): expected a list of suites (pod-to-pod, cluster-ip, coredns, node-port, ingress, overlay), separated by commas; not so: "dns", got "coredns,dns"; for example NETWRIGHT_SUITES=coredns,overlay
        docs/configuration.md says what each variable means
        (config-invalid)
      => 2"
    `);
  });

  test('an argument too many is named', async ({ expect }) => {
    expect(said(await desk.run(['run', 'everything']))).toMatchInlineSnapshot(`
      "error: too many arguments for 'run'. Expected 0 arguments but got 1: everything.
      => 2"
    `);
  });

  test('a lab that is not there is named', async ({ expect }) => {
    expect(said(await desk.run(['run', '--target', 'lab:nowhere'], { NETWRIGHT_CACHE_DIR: desk.folder })))
      .toMatchInlineSnapshot(`
      "error: there is no lab named nowhere
        start one: netwright lab up --name nowhere
        (lab-unknown)
      => 2"
    `);
  });

  test('a recording that is not there is named', async ({ expect }) => {
    expect(said(await desk.run(['diagnose', 'nowhere.ndjson']))).toMatchInlineSnapshot(`
      "error: could not read the observations nowhere.ndjson: ENOENT: no such file or directory, open 'nowhere.ndjson'
        name the observations.ndjson of a run, in its folder under reports/
        (observations-unreadable)
      => 2"
    `);
  });
});

describe.concurrent('the configuration', { timeout: TIMEOUT_MS }, () => {
  test('an unknown variable is named, with the one that was meant', async ({ expect }) => {
    expect(said(await desk.run(['run'], { NETWRIGHT_NAMESPCE: 'keybuzz' }))).toMatchInlineSnapshot(`
      "error: the configuration has one problem, nothing was started:
        NETWRIGHT_NAMESPCE (environment): no such variable; did you mean NETWRIGHT_NAMESPACE?
        docs/configuration.md says what each variable means
        (config-invalid)
      => 2"
    `);
  });

  test('a malformed address is named, with what was expected and an example', async ({ expect }) => {
    expect(said(await desk.run(['clean'], { NETWRIGHT_LOAD_BALANCER: '10.0.0.300' }))).toMatchInlineSnapshot(`
      "error: the configuration has one problem, nothing was started:
        NETWRIGHT_LOAD_BALANCER (environment): expected an IP address or a DNS name, got "10.0.0.300"; for example NETWRIGHT_LOAD_BALANCER=203.0.113.10
        docs/configuration.md says what each variable means
        (config-invalid)
      => 2"
    `);
  });

  test('no kubeconfig at all is told with the places that were looked at, and nothing was started', async ({
    expect,
  }) => {
    const env = { KUBECONFIG: '/nowhere/config' };
    expect(said(await desk.run(['run'], env))).toMatchInlineSnapshot(`
      "error: no kubeconfig was found; looked at /nowhere/config
        set NETWRIGHT_KUBECONFIG to the path of one, or start a cluster to try it on: npm start
        (kubeconfig-missing)
      => 2"
    `);
    expect(said(await desk.run(['clean'], env))).toMatchInlineSnapshot(`
      "error: no kubeconfig was found; looked at /nowhere/config
        set NETWRIGHT_KUBECONFIG to the path of one, or start a cluster to try it on: npm start
        (kubeconfig-missing)
      => 2"
    `);
  });

  test('a kubeconfig that was named and is not there is told as a problem of its variable', async ({ expect }) => {
    expect(said(await desk.run(['run'], { NETWRIGHT_KUBECONFIG: 'nowhere' }))).toMatchInlineSnapshot(`
      "error: the configuration has one problem, nothing was started:
        NETWRIGHT_KUBECONFIG (environment): expected a file that can be read (DIR/nowhere does not exist), got "nowhere"; for example NETWRIGHT_KUBECONFIG=~/.kube/prod
        docs/configuration.md says what each variable means
        (config-invalid)
      => 2"
    `);
  });
});

describe.concurrent('SSH', { timeout: TIMEOUT_MS }, () => {
  const env = {
    NETWRIGHT_KUBECONFIG: desk.write('kubeconfig', kubeconfigText({ server: 'https://127.0.0.1:1' })),
    NETWRIGHT_SSH_USER: 'ops',
    NETWRIGHT_SSH_KNOWN_HOSTS: desk.write('known_hosts', ''),
  };

  test(
    'with a key that is protected by a passphrase, and no agent, is refused before anything is asked of the ' +
      'cluster',
    async ({ expect }) => {
      makeKey(join(desk.folder, 'locked'), 'ed25519', 'words');
      expect(said(await desk.run(['run'], { ...env, NETWRIGHT_SSH_KEY: 'locked' }))).toMatchInlineSnapshot(`
      "error: the SSH key DIR/locked is protected by a passphrase
        give it to an agent, which Netwright finds by SSH_AUTH_SOCK: eval "$(ssh-agent)" && ssh-add DIR/locked
        (ssh-key-passphrase)
      => 2"
    `);
    },
  );

  test('with neither a key nor an agent is refused as well', async ({ expect }) => {
    expect(said(await desk.run(['run'], env))).toMatchInlineSnapshot(`
      "error: SSH has neither a key nor an agent to log in with
        set NETWRIGHT_SSH_KEY, or start an agent so that SSH_AUTH_SOCK is set
        (ssh-no-identity)
      => 2"
    `);
  });
});

test('no report is left of what was never begun', ({ expect }) => {
  expect(desk.reports()).toEqual([]);
});
