import type { Owner } from './owner.ts';

/** What to do about a rule, by who keeps it. */
const ADVICE: Partial<Record<Owner, string>> = {
  Docker:
    'Docker keeps the rule: let the pods’ and Services’ ranges pass in its chain DOCKER-USER, or take Docker away.',
  ufw: 'ufw keeps the rule: ufw route allow and ufw allow for the pods’ and Services’ ranges, or ufw disable.',
  firewalld:
    'firewalld keeps the rule: put the pods’ and Services’ ranges into the zone trusted (firewall-cmd --permanent ' +
    '--zone=trusted --add-source=RANGE, then --reload), or turn it off on cluster nodes.',
  Tailscale: 'Tailscale keeps the rule: let it not take the node’s ranges (tailscale set --accept-routes=false).',
  fail2ban: 'fail2ban has banned the address: fail2ban-client unban ADDRESS, and set ignoreip to the cluster’s ranges.',
  flannel: 'flannel keeps the rule: compare the ranges in its chains with the cluster’s, and start it anew.',
  'the port mapping of CNI':
    'The port mapping of a pod keeps the rule: take hostPort out of the pod that holds the port, or give it another.',
};

const OWN =
  'No program is known to keep the line: find who set it (nft list ruleset, iptables-save, /etc/nftables.conf, a ' +
  'script of the provider) and let the packets pass there.';

export const adviceFor = (owners: readonly (Owner | undefined)[]): { text: string }[] =>
  owners.length === 0
    ? [{ text: OWN }]
    : owners.map((owner) => ({ text: (owner === undefined ? undefined : ADVICE[owner]) ?? OWN }));
