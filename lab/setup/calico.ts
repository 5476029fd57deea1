import type { Component } from './component.ts';

/** Folder with the kinds of Calico's objects, beside its programs. */
export const CALICO_KINDS = 'crd';

const MODULE = 'github.com/projectcalico/calico';
/** What the module's commit is by its own release notes. */
const VERSION = 'v3.28.5';

/**
 * Calico, and beside it what the lab has of its own for it. Built only for labs that ask for it. Measured on two busy
 * cores.
 */
export const CALICO: Component = {
  name: 'calico',
  programs: {
    calico: `${MODULE}/cni-plugin/cmd/calico`,
    'calico-node': `${MODULE}/node/cmd/calico-node`,
    ipip: 'lab/ipip',
    'block-routes': 'lab/block-routes',
  },
  // One program, which is either by the name that it is called by.
  links: { 'calico-ipam': 'calico' },
  folders: { [CALICO_KINDS]: `${MODULE}:libcalico-go/config/crd` },
  flags: `-X main.VERSION=${VERSION} -X ${MODULE}/node/pkg/lifecycle/startup.VERSION=${VERSION}`,
  sources: ['ipip/main.go', 'block-routes/main.go'],
  estimateMs: 240_000,
};
