import { expect, test } from 'vitest';
import { CLUSTER, diagnosed, fact, found, nodeFact, podToPod } from '../../../support/cluster.ts';
import { at, probeOf } from '../../../support/observations.ts';

const CODE = 'cni-setup-fails';
const FAILED =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0a1b2c": ';
const MISSING = 'plugin type="flannel" failed (add): failed to find plugin "flannel" in path [/opt/cni/bin]';

const event = (message: string, object = 'Pod netwright-x/probe-pod-1', count = 1) => ({
  node: 'b',
  object,
  reason: 'FailedCreatePodSandBox',
  message,
  count,
});
const twice = (message: string) => fact('events', [event(message, 'Pod shop/api-1'), event(message)]);
const noProbe = fact('no-probe', { network: 'pod', why: `${FAILED}${MISSING}` }, 'b');
const onHost = probeOf('payload', { pathClass: 'host-host', source: at('host', 'b'), destination: at('host', 'a') });
const elsewhere = podToPod('a', 'c');

test('A Ready node whose runtime fails twice to give a pod its network is named, with the plugin’s own words', () => {
  const findings = diagnosed(CLUSTER, elsewhere, onHost, noProbe, twice(`${FAILED}${MISSING}`));
  expect(findings.map(({ code, confidence }) => [code, confidence])).toEqual([[CODE, 'proved']]);
  expect(findings[0]?.evidence[0]?.text).toBe(`the runtime of b says, 2 times: ${MISSING}`);
  expect(findings[0]?.remedy).toContain('binary');
});

test('One failed attempt is a candidate: the plugin may have come a moment later', () => {
  const once = fact('events', [event(`${FAILED}${MISSING}`)]);
  expect(found(CODE, CLUSTER, elsewhere, onHost, noProbe, once)).toEqual(['candidate at b']);
});

test('The same event read twice is one attempt', () => {
  const once = fact('events', [event(`${FAILED}${MISSING}`)]);
  expect(found(CODE, CLUSTER, elsewhere, noProbe, once, once)).toEqual(['candidate at b']);
});

test('A node on which a probe runs in the pod network gives pods a network now', () => {
  expect(found(CODE, CLUSTER, podToPod('b', 'a'), twice(`${FAILED}${MISSING}`))).toEqual([]);
});

test('A node that is not Ready, as one without any configuration, is named as that', () => {
  const down = nodeFact('b', { ready: false, notReadyReason: 'cni plugin not initialized' });
  expect(found(CODE, CLUSTER, down, noProbe, twice(`${FAILED}${MISSING}`))).toEqual([]);
});

test('A node without addresses to give is named as that', () => {
  const full = 'plugin type="bridge" failed (add): no IP addresses available in range set: 10.42.2.1-10.42.2.254';
  const findings = diagnosed(
    CLUSTER,
    elsewhere,
    onHost,
    fact('no-probe', { network: 'pod', why: full }, 'b'),
    twice(`${FAILED}${full}`),
  );
  expect(findings.map(({ code }) => code)).toEqual(['ipam-exhausted']);
});

test('A sandbox that fails for its image says nothing of the network', () => {
  const image =
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "pause:3.10"';
  expect(found(CODE, CLUSTER, elsewhere, onHost, noProbe, twice(image))).toEqual([]);
});

test('A node whose pod-network probe a policy refuses is not one without addresses', () => {
  const refused = fact('no-probe', { network: 'pod', why: 'no probe pod may be made: quota exceeded' }, 'b');
  expect(diagnosed(CLUSTER, elsewhere, onHost, refused)).toEqual([]);
});

test.each([
  [
    'plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
    'token',
  ],
  ['plugin type="calico" failed (add): no configured Calico pools for node b', 'IPPool'],
  ['plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory', 'calico-node'],
])("Calico's words %j have a remedy of their own", (words, remedy) => {
  const told = fact('no-probe', { network: 'pod', why: `${FAILED}${words}` }, 'b');
  const [finding] = diagnosed(CLUSTER, elsewhere, onHost, told, twice(`${FAILED}${words}`));
  expect(finding).toMatchObject({ code: CODE, confidence: 'proved', remedy: expect.stringContaining(remedy) });
});
