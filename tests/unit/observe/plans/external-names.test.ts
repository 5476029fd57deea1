import { expect, test } from 'vitest';
import { externalNameNotes } from '../../../../helpers/observe/plans/external-names.ts';
import { runContext, serviceOn } from '../support/run-context.ts';

const external = (name: string, externalName: string) =>
  serviceOn([], { name, type: 'ExternalName', clusterIp: '', externalName });
const said = (...services: ReturnType<typeof serviceOn>[]) =>
  externalNameNotes(runContext({ nodes: 1, topology: { services } })).map(({ what, why }) => `${what}: ${why}`);

test.each<[string, ReturnType<typeof serviceOn>[], string[]]>([
  ['to a name outside leaves nothing to say', [external('db', 'db.example')], []],
  ['to a Service leaves nothing to say', [external('alias', 'web.shop.svc.cluster.local'), serviceOn([0])], []],
  ['to a namespace that was not read leaves nothing to say', [external('alias', 'web.other.svc')], []],
  [
    'to a Service that is not there says so',
    [external('alias', 'gone.shop.svc.cluster.local.')],
    ['shop/alias, an ExternalName: it leads to shop/gone, which is none of the Services that were read'],
  ],
  [
    'to itself says so',
    [external('self', 'self.shop.svc')],
    ['shop/self, an ExternalName: it leads in a circle: shop/self → shop/self'],
  ],
  [
    'to one that leads back says so, each of them',
    [external('a', 'b.shop.svc'), external('b', 'a.shop.svc')],
    [
      'shop/a, an ExternalName: it leads in a circle: shop/a → shop/b → shop/a',
      'shop/b, an ExternalName: it leads in a circle: shop/b → shop/a → shop/b',
    ],
  ],
])('an ExternalName %s', (_title, services, expected) => {
  expect(said(...services)).toEqual(expected);
});
