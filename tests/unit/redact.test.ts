import { describe, expect, test } from 'vitest';
import { redact, redactText } from '../../helpers/redact.ts';

describe('texts', () => {
  test('a K3s configuration keeps everything but its secrets', () => {
    const config = `write-kubeconfig-mode: "0644"
token: K10abc0123456789abcdef0123::server:s3cr3t-words
agent-token: "s3cr3t"
flannel-backend: none
disable-network-policy: true
tls-san:
  - platform.example.org
datastore-endpoint: "postgres://k3s:s3cr3t@10.0.0.5:5432/k3s"
etcd-s3-access-key: s3cr3t
etcd-s3-secret-key: s3cr3t
node-ip: 10.0.0.100
password: |
  s3cr3t line one
  s3cr3t line two
secrets-list:
- s3cr3t
kubelet-arg:
  - max-pods=200
  - "token=s3cr3t"
`;
    expect(redactText(config)).not.toContain('s3cr3t');
    expect(redactText(config)).toMatchInlineSnapshot(`
      "write-kubeconfig-mode: "0644"
      token: [redacted]
      agent-token: [redacted]
      flannel-backend: none
      disable-network-policy: true
      tls-san:
        - platform.example.org
      datastore-endpoint: [redacted]
      etcd-s3-access-key: [redacted]
      etcd-s3-secret-key: [redacted]
      node-ip: 10.0.0.100
      password: |
        [redacted]
        [redacted]
      secrets-list:
      [redacted]
      kubelet-arg:
        - max-pods=200
        - "token=[redacted]
      "
    `);
  });

  test.each([
    [
      '/usr/local/bin/k3s server --token s3cr3t --flannel-backend=none',
      '/usr/local/bin/k3s server --token [redacted] --flannel-backend=none',
    ],
    [
      'k3s agent --server https://10.0.0.100:6443 --token=s3cr3t',
      'k3s agent --server https://10.0.0.100:6443 --token=[redacted]',
    ],
    [
      'k3s server --agent-token "s3cr3t words" --node-ip 10.0.0.1',
      'k3s server --agent-token [redacted] --node-ip 10.0.0.1',
    ],
    ['etcd https://user:s3cr3t@10.0.0.1:2379/x', 'etcd https://[redacted]@10.0.0.1:2379/x'],
    ['K3S_TOKEN=s3cr3t', 'K3S_TOKEN=[redacted]'],
    ['plugin failed (add): password: s3cr3t, again', 'plugin failed (add): password: [redacted], again'],
    ['failed to start: K3S_TOKEN=s3cr3t is wrong', 'failed to start: K3S_TOKEN=[redacted] is wrong'],
    [
      'moved to https://a.example/x?access_token=s3cr3t&b=1',
      'moved to https://a.example/x?access_token=[redacted]&b=1',
    ],
    ['client-key-data: s3cr3t', 'client-key-data: [redacted]'],
    ['Authorization: Bearer s3cr3t.abc', 'Authorization: [redacted]'],
    ['a bootstrap token abcdef.0123456789abcdef here', 'a bootstrap token [redacted] here'],
    ['jwt eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl end', 'jwt [redacted] end'],
    [
      '{"type":"calico","policy":{"k8s_auth_token":"s3cr3t"},"mtu":1450}',
      '{"type":"calico","policy":{"k8s_auth_token":"[redacted]"},"mtu":1450}',
    ],
    ['-----BEGIN EC PRIVATE KEY-----\ns3cr3t\n-----END EC PRIVATE KEY-----\nafter', '[redacted] private key\nafter'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\ns3cr3t cut', '[redacted] private key'],
  ])('%j loses its secret and nothing else', (text, clean) => {
    expect(redactText(text)).toBe(clean);
  });

  test.each([
    '-A KUBE-SERVICES -d 10.43.92.243/32 -p tcp -m comment --comment "keybuzz/keybuzz-api:http cluster IP" -m ' +
      'tcp --dport 8080 -j KUBE-SVC-ABCDEFGHIJKLMNOP',
    'FLANNEL_SUBNET=10.42.1.1/24',
    'udp      17 29 src=10.42.0.5 dst=10.43.0.10 sport=40000 dport=53 [UNREPLIED]',
    'MPFallbackTokenInit: 0',
    'node_netstat_MPTcpExt_MPJoinNoTokenFound 3',
    '{"MPTcpExt":{"MPFallbackTokenInit":"0"}}',
    'UDP: bad checksum. From 10.0.0.110:40000 to 10.0.0.111:8472 ulen 75',
  ])('%j is left as it is', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

test('values keep their shape, and lose what stands under a secret name at any depth', () => {
  const value = {
    cniVersion: '1.0.0',
    plugins: [
      {
        type: 'calico',
        mtu: 0,
        kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig' },
        etcd_key: 's3cr3t',
        tokens: ['s3cr3t'],
        promiscMode: true,
        none: null,
        args: 'x --password s3cr3t',
      },
    ],
  };
  expect(redact(value)).toEqual({
    cniVersion: '1.0.0',
    plugins: [
      {
        type: 'calico',
        mtu: 0,
        kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig' },
        etcd_key: '[redacted]',
        tokens: '[redacted]',
        promiscMode: true,
        none: null,
        args: 'x --password [redacted]',
      },
    ],
  });
});
