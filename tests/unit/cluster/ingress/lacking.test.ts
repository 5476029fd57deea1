import type { V1Service } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { withLacks } from '../../../../helpers/cluster/ingress/lacking.ts';

const service = (spec: V1Service['spec'], namespace = 'shop'): V1Service => ({
  metadata: { namespace, name: 'api' },
  spec,
});
const PORTS = [{ name: 'http', port: 80 }];

test.each<[string, V1Service[], string, string | number, string | undefined]>([
  ['lacks nothing by number', [service({ ports: PORTS })], 'api', 80, undefined],
  ['lacks nothing by name', [service({ ports: PORTS })], 'api', 'http', undefined],
  ['lacks its Service', [service({ ports: PORTS })], 'gone', 80, 'service'],
  ['lacks a Service that another namespace has', [service({ ports: PORTS }, 'other')], 'api', 80, 'service'],
  ['lacks its port by number', [service({ ports: PORTS })], 'api', 81, 'port'],
  ['lacks its port by name', [service({ ports: PORTS })], 'api', 'admin', 'port'],
  ['may take any port of an external name', [service({ type: 'ExternalName', ports: PORTS })], 'api', 443, undefined],
  ['may take any port of a Service without ports', [service({ clusterIP: 'None' })], 'api', 80, undefined],
  ['may name an action in place of a Service', [], 'ssl-redirect', 'use-annotation', undefined],
  ['of no Service lacks none', [], '', 0, undefined],
])('a rule %s', (_title, services, name, servicePort, lacks) => {
  const rules = [{ host: 'shop.example', path: '/', service: name, servicePort }];
  const [read] = withLacks([{ namespace: 'shop', name: 'web', rules, tlsHosts: [] }], services);
  expect(read?.rules[0]?.lacks).toBe(lacks);
});
