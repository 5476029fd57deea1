import type { Finding } from '../model/finding.ts';
import type { RunContext } from '../model/run-context.ts';

type Asked = Pick<RunContext, 'kubeconfig' | 'kubeContext'> & { topology: Pick<RunContext['topology'], 'name'> };

const quoted = (text: string): string =>
  /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The command that looks at the same cluster again, from the same folder: what else is configured comes from its .env
 * or the environment. A context is named, for the kubeconfig's own may be another by then.
 */
export function ownCommand({ topology, kubeconfig, kubeContext }: Asked): string {
  if (topology.name.startsWith('lab:')) return `npx netwright run --target ${quoted(topology.name)}`;
  return `${kubeconfig.kind === 'files' ? `NETWRIGHT_CONTEXT=${quoted(kubeContext)} ` : ''}npx netwright run`;
}

/** Findings whose commands look at the run's own cluster. */
export const withOwnCommand = (findings: readonly Finding[], command: string): Finding[] =>
  findings.map((finding) => ({
    ...finding,
    verify: finding.verify.replaceAll(/(?<![\w/-])netwright run/g, () => command),
  }));
