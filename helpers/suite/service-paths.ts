import { readFileSync } from 'node:fs';
import type { SuiteName } from '../model/observation.ts';
import { observeEgress } from '../observe/egress.ts';
import { planIngress } from '../observe/plans/ingress.ts';
import { planNames } from '../observe/plans/names.ts';
import { planNodePorts } from '../observe/plans/node-ports.ts';
import { planClusterIps, planEndpoints } from '../observe/plans/services.ts';
import { observePlan, type CurrentRun } from './current-run.ts';
import { observeNodePortsBySsh } from './node-ports-by-ssh.ts';
import type { Observe, Seen } from './symptom.ts';

type ServicePath = Extract<SuiteName, 'cluster-ip' | 'coredns' | 'node-port' | 'ingress'>;

/** The suites that ask the workloads' Services, each by another way in. */
const OBSERVATIONS: Record<ServicePath, Observe> = {
  'cluster-ip': async (run) => {
    const references = await run.references();
    return {
      observations: await observePlan(run, (context) => [
        ...planClusterIps(context, references),
        ...planEndpoints(context, references),
      ]),
    };
  },
  coredns: async (run) => {
    const [names, egress] = await Promise.all([
      observePlan(run, planNames),
      observeEgress(run.context, run.hosts.resolvers, run),
    ]);
    return { observations: [...names, ...egress] };
  },
  'node-port': async (run) => {
    const references = await run.references();
    const [probed, bySsh] = await Promise.all([
      observePlan(run, (context) => planNodePorts(context, references)),
      observeNodePortsBySsh(run, references),
    ]);
    return { observations: [...probed, ...bySsh] };
  },
  ingress: async (run) => {
    const { targets } = run.context;
    if (targets.hosts.length === 0)
      return {
        observations: [],
        skip: 'no ingress host is configured (NETWRIGHT_HOSTS) and none was found in Ingress objects',
      };
    const ca = targets.ingressCaPath ? readFileSync(targets.ingressCaPath, 'utf8') : undefined;
    const references = await run.references();
    return {
      observations: await observePlan(run, (context) => planIngress(context, targets.ingressNodes, ca, references)),
    };
  },
};

const begun = new Map<ServicePath, Promise<Seen>>();

function begin(run: CurrentRun, suite: ServicePath): void {
  if (begun.has(suite)) return;
  const seen = OBSERVATIONS[suite](run);
  // The suite that it is for comes later; it then hears of a failure.
  seen.catch(() => {});
  begun.set(suite, seen);
}

/**
 * What one of these suites observes. They are begun all at once, those that the run includes: in an outage each of them
 * waits for the same time-outs, and so they are waited for once. What a suite's file then waits for is the rest.
 */
export function observeTogether(suite: ServicePath): Observe {
  return (run) => {
    for (const other of Object.keys(OBSERVATIONS) as ServicePath[]) {
      if (other === suite || run.context.together.includes(other)) begin(run, other);
    }
    return begun.get(suite) as Promise<Seen>;
  };
}
