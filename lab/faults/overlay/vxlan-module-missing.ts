import { formOfNode } from '../lib/places.ts';

/**
 * The picture of a kernel without the module: flannel is not up, and there is no device; the node is Ready all the
 * same.
 */
export const faults = [
  formOfNode({ code: 'vxlan-module-missing', title: 'a Ready node has no tunnel device' }, async (lab, node) => {
    await lab.hold(node, 'flanneld');
    await lab.inNetwork(node, ['ip', 'link', 'del', lab.tunnel]);
  }),
];
