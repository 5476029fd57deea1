import { choice } from './settings.ts';

/** nftables: kube-proxy's newer mode, stable since Kubernetes 1.33; it serves no NodePort at 127.0.0.1. */
export const proxy = choice({ key: 'proxy', meaning: "kube-proxy's mode on every node" }, 'proxy', [
  'iptables',
  'nftables',
]);
