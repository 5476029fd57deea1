import type { ErrorKind, ProbeKind } from '../model/observation.ts';
import type { RunContext } from '../model/run-context.ts';
import { PROOF_HEADER } from '../probe/agent/identity.ts';
import { makeProof } from '../probe/agent/proof.ts';
import type { Judgement, ResultOf } from './planned-probe.ts';

/** Whether a Service (`namespace/name`) is Netwright's own. */
export const isCanary = ({ canary }: Pick<RunContext, 'canary'>, service: string | undefined): boolean =>
  canary !== undefined && canary.service === service;

/** What a request carries besides: to the canary the proof of the run's key, without which it says nothing. */
export const proofTo = (
  context: Pick<RunContext, 'canary'>,
  service: string | undefined,
): { headers?: Record<string, string> } =>
  context.canary && isCanary(context, service)
    ? { headers: { [PROOF_HEADER]: makeProof(context.canary.key).toString('hex') } }
    : {};

const SILENT: ReadonlySet<ErrorKind> = new Set(['timeout', 'no-reply', 'no-route', 'prohibited']);

const isSilent = ({ error, got }: ResultOf): boolean =>
  error !== undefined && SILENT.has(error.kind) && (!('phase' in got) || (got.phase ?? 'connect') === 'connect');

/**
 * A judge that blames nobody for silence. A firewall that keeps a node's ports from others is ordinary, and no client
 * is hurt where a port that only Netwright opened is closed: the node itself is asked, and that is judged.
 */
export const unlessKeptOut =
  <Kind extends ProbeKind>(judge: (results: ResultOf<Kind>[]) => Judgement<Kind>) =>
  (results: ResultOf<Kind>[]): Judgement<Kind> => {
    const judged = judge(results);
    return judged.verdict === 'fail' && results.every(isSilent)
      ? { ...judged, verdict: 'evidence', reason: `${judged.reason ?? 'no answer'}: a firewall may keep others out` }
      : judged;
  };

/**
 * The run without its canary: a probe that stands behind it and does not serve would make the Service look broken on
 * every node.
 */
export function withoutCanary(context: RunContext): RunContext {
  const { canary, targets, topology } = context;
  if (!canary) return context;
  const [namespace] = canary.service.split('/');
  const isOther = (each: { namespace: string }): boolean => each.namespace !== namespace;
  return {
    ...context,
    canary: undefined,
    namespaces: context.namespaces.filter((each) => each !== namespace),
    topology: {
      ...topology,
      services: topology.services.filter(isOther),
      ingresses: topology.ingresses.filter(isOther),
    },
    targets: {
      ...targets,
      services: targets.services.filter(isOther),
      hosts: targets.hosts.filter(({ host }) => host !== canary.ingress?.host),
    },
  };
}
