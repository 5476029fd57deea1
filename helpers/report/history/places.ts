import type { Location } from '../../model/finding.ts';
import { locationText } from '../where.ts';

/** A Deployment's pods: name, hash of the template, five signs. */
const OF_DEPLOYMENT = /-[bcdf0-9ghjklmnpqrstvwxz]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/;
/** A DaemonSet's: name and five signs, of those that Kubernetes takes, with a digit among them. */
const OF_DAEMON_SET = /-(?=[a-z]*\d)[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** What a pod belongs to, as far as its name tells. */
const workloadOf = (pod: string): string => pod.replace(OF_DEPLOYMENT, '').replace(OF_DAEMON_SET, '');

/**
 * A place by a name that lasts from night to night: names of pods, their addresses and what a run makes for itself are
 * others every time.
 */
export function lastingPlace(location: Location, runId: string): string {
  const { endpoint, replica, service, host, ...rest } = location;
  const isOwn = (name: string | undefined) => name?.includes(runId) === true;
  return locationText({
    ...rest,
    ...(service !== undefined && { service: isOwn(service) ? "of Netwright's own" : service }),
    ...(host !== undefined && { host: isOwn(host) ? "of Netwright's own" : host }),
    ...(replica !== undefined && { replica: workloadOf(replica) }),
    // The pod behind it is another tomorrow; node and Service say where it is.
    ...(endpoint !== undefined && location.node === undefined && service === undefined && { endpoint }),
  });
}

/** Names of nodes that a place names. */
export const nodesIn = ({ node, from, to }: Location): string[] => [node, from, to].flatMap((name) => name ?? []);
