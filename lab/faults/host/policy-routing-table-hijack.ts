import { formOfNode } from '../lib/places.ts';

const TABLE = '30400';

const code = 'policy-routing-table-hijack';

/**
 * As a cloud's helper does for each address of a node: a rule that sends what has it as source to a table without pods'
 * routes.
 */
const hijack = formOfNode(
  { code, title: "a routing rule sends what comes from the node's addresses to a table that knows no pods" },
  async (lab, node) => {
    const own = JSON.parse(
      await lab.inNetwork(node, ['ip', '-j', '-4', 'addr', 'show', 'dev', 'cni0']).catch(() => '[]'),
    ) as { addr_info: { local: string }[] }[];
    const addresses = [lab.node(node).address, ...own.flatMap(({ addr_info }) => addr_info.map(({ local }) => local))];
    await lab.inNetwork(
      node,
      ['ip', 'route', 'add', '10.0.0.0/24', 'dev', lab.uplink.name, 'table', TABLE],
      ['ip', 'route', 'del', '10.0.0.0/24', 'table', TABLE],
    );
    await lab.inNetwork(
      node,
      ['ip', 'route', 'add', 'default', 'via', '10.0.0.1', 'dev', lab.uplink.name, 'table', TABLE],
      ['ip', 'route', 'del', 'default', 'table', TABLE],
    );
    for (const address of addresses) {
      const rule = ['pref', '30400', 'from', address, 'lookup', TABLE];
      await lab.inNetwork(node, ['ip', 'rule', 'add', ...rule], ['ip', 'rule', 'del', ...rule]);
    }
  },
);

const refusal = formOfNode(
  { code, title: 'a routing rule refuses what goes from pods to pods' },
  async (lab, node) => {
    const rule = ['pref', '100', 'from', lab.ranges.pods, 'to', lab.ranges.pods, 'prohibit'];
    await lab.inNetwork(node, ['ip', 'rule', 'add', ...rule], ['ip', 'rule', 'del', ...rule]);
  },
  'refused-',
);

export const faults = [hijack, refusal];
