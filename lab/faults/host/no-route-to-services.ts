import { formOfNode } from '../lib/places.ts';

export const faults = [
  formOfNode({ code: 'no-route-to-services', title: 'the node has no default route' }, async (lab, node) => {
    const route = (await lab.inNetwork(node, ['ip', 'route', 'show', 'default'])).trim().split(/\s+/);
    await lab.inNetwork(node, ['ip', 'route', 'del', 'default'], ['ip', 'route', 'add', ...route]);
  }),
];
