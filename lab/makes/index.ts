import { ExitCode, NetwrightError } from '../../helpers/errors.ts';
import { admission } from './admission.ts';
import { backend } from './backend.ts';
import { cidrs } from './cidrs.ts';
import { clusterDomain } from './cluster-domain.ts';
import { overlayIface } from './overlay-iface.ts';
import { families, hasIpv6, withOwnRanges } from './families.ts';
import { ingress } from './ingress.ts';
import { hasFlannel, isCalico, network } from './network.ts';
import { isLight, nodes } from './nodes.ts';
import { nodeMask } from './node-mask.ts';
import { nodeNames } from './node-names.ts';
import { policy } from './policy.ts';
import { proxy } from './proxy.ts';
import { rangesProblem } from './ranges.ts';
import { servers } from './servers.ts';
import { USUAL, type LabSettings, type Make } from './settings.ts';
import { underlay } from './underlay.ts';
import { vni } from './vni.ts';
import { vxlanPort } from './vxlan-port.ts';

/** Every make that a lab can have. */
export const MAKES: readonly Make[] = [
  network,
  backend,
  vxlanPort,
  vni,
  overlayIface,
  clusterDomain,
  cidrs,
  nodeMask,
  families,
  proxy,
  policy,
  underlay,
  admission,
  nodes,
  ingress,
  servers,
  nodeNames,
];

function bad(problem: string, hint: string): NetwrightError {
  return new NetwrightError(problem, { code: 'lab-make', hint, exitCode: ExitCode.usage });
}

function read(pair: string): Partial<LabSettings> {
  const [key = '', ...rest] = pair.split('=');
  const make = MAKES.find((each) => each.key === key.trim());
  if (!make) throw bad(`a lab has no make "${key}"`, `there are: ${MAKES.map((each) => each.key).join(', ')}`);
  const value = rest.join('=').trim();
  const settings = make.read(value);
  if (!settings) throw bad(`"${value}" is no value of ${make.key}`, `use ${make.key}=VALUE, with ${make.values}`);
  return settings;
}

/** What cannot be together in one lab; undefined where all can. */
function problemOf(settings: LabSettings): string | undefined {
  const { backend: kind, vxlanPort: port, vni: identifier } = settings;
  if (kind !== 'vxlan' && (port !== USUAL.vxlanPort || identifier !== USUAL.vni))
    return `backend=${kind} has no VXLAN, of which vxlan-port and vni say something`;
  if (kind === 'host-gw' && settings.underlay === 'hetzner')
    return 'backend=host-gw needs nodes that share a link, which underlay=hetzner has not';
  if (hasIpv6(settings) && settings.policy !== 'none')
    return 'policy=kube-router would have to be given IPv6, which this lab does not do';
  if (hasIpv6(settings) && settings.underlay === 'hetzner')
    return 'underlay=hetzner has no IPv6 in its private network, as the provider has none there';
  if (!hasFlannel(settings) && (kind !== 'vxlan' || port !== USUAL.vxlanPort || identifier !== USUAL.vni))
    return `backend, vxlan-port and vni are flannel's, which network=${settings.network} has not`;
  if (settings.overlayIface === 'public' && (!hasFlannel(settings) || settings.underlay !== 'hetzner'))
    return 'overlay-iface=public needs flannel, and the second card that underlay=hetzner has';
  if (isCalico(settings) && settings.policy !== 'none')
    return `network=${settings.network} enforces NetworkPolicies itself, so that policy=${settings.policy} is too many`;
  if (isCalico(settings) && hasIpv6(settings))
    return `network=${settings.network} is made with IPv4 alone, which families=${settings.families} is not`;
  if (settings.network === 'calico-bgp' && settings.underlay === 'hetzner')
    return 'network=calico-bgp needs nodes that share a link, which underlay=hetzner has not';
  if (isLight(settings) && (isCalico(settings) || settings.ingress === 'servicelb'))
    return `nodes=light runs no init containers; network=${settings.network} or ingress=${settings.ingress} needs them`;
  if (hasIpv6(settings) && settings.ingress === 'servicelb')
    return 'ingress=servicelb hands on connections of IPv4 alone';
  if (settings.families === 'ipv6' && (settings.pods !== USUAL.pods || settings.services !== USUAL.services))
    return 'families=ipv6 has ranges of IPv6, and cidrs are of IPv4';
  const ofPods = Number(settings.pods.split('/')[1]);
  // The controller manager takes no more than 2^16 parts; sixteen nodes are the least that is worth a lab.
  if (settings.families !== 'ipv6' && (settings.nodeMask < ofPods + 4 || settings.nodeMask > ofPods + 16))
    return `node-mask=${settings.nodeMask} makes too few or too many parts of ${settings.pods}`;
  return rangesProblem(settings);
}

/** Reads `KEY=VALUE,…` as people write it; the empty text is the usual lab. Throws a usage error. */
export function parseMakes(text: string): LabSettings {
  const pairs = text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  const keys = pairs.map((pair) => pair.split('=')[0]?.trim());
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) throw bad(`"${twice}" is said twice`, 'say each make once');
  const settings: LabSettings = Object.assign({ ...USUAL }, ...pairs.map(read));
  const problem = problemOf(settings);
  if (problem) throw bad(`these makes cannot be together: ${problem}`, 'leave one of them out, or change it');
  return withOwnRanges(settings);
}
