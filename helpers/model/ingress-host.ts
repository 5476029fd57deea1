import type { IngressInfo } from './topology.ts';

/** The name that is asked for where a rule is for every host: nobody's, by RFC 2606. */
export const ANY_HOST = 'netwright.invalid';

/** A name that a rule's host covers, and that nobody has where the rule leaves a choice. */
export const nameUnder = (pattern: string): string =>
  pattern === '' ? ANY_HOST : pattern.replace(/^\*\./, 'netwright-probe.');

/**
 * Whether the host of a rule covers a name: it is that name, or a wildcard of one label, or empty, which is for every
 * name.
 */
export const isCoveredBy = (pattern: string, host: string): boolean =>
  pattern === '' ||
  pattern === host ||
  (pattern.startsWith('*.') && host.split('.').slice(1).join('.') === pattern.slice(2));

type Rule = IngressInfo['rules'][number];

/** A path as requests have it: what a rule has as a regular expression or with a wildcard is cut off before that. */
export const plainPath = (path: string): string => /^(?:(?!\.[*+?])[^([{*?+^$|\\])*/.exec(path)?.[0] || '/';

/** Whether a rule routes a path. */
export function isRouted({ path, pathType }: Pick<Rule, 'path' | 'pathType'>, asked: string): boolean {
  if (pathType === 'Exact') return asked === path;
  const prefix = plainPath(path).replace(/\/$/, '');
  return asked === prefix || asked.startsWith(`${prefix}/`) || asked.startsWith(`${prefix}?`);
}

/** A rule with the object that it stands in. */
export interface FoundRule {
  ingress: IngressInfo;
  rule: Rule;
}

const rank = (pattern: string): number => (pattern === '' ? 0 : pattern.startsWith('*') ? 1 : 2);

/** The rules that route a host, of those that name it best: by its name before a wildcard before every host. */
export function rulesFor(ingresses: readonly IngressInfo[], host: string): FoundRule[] {
  const found = ingresses
    .filter(({ takesShare }) => !takesShare)
    .flatMap((ingress) =>
      ingress.rules.filter((rule) => isCoveredBy(rule.host, host)).map((rule) => ({ ingress, rule })),
    );
  const best = found.reduce((most, { rule }) => Math.max(most, rank(rule.host)), 0);
  return found.filter(({ rule }) => rank(rule.host) === best);
}

/** Whether another Ingress takes a part of what is asked of a host: then two applications answer, and both rightly. */
export const isSharedHost = (ingresses: readonly IngressInfo[], host: string): boolean =>
  ingresses.some(({ takesShare, rules }) => takesShare === true && rules.some((rule) => isCoveredBy(rule.host, host)));

/** The rule that routes a path of a host: the one with the longest path; without one, the first of the host. */
export function ruleFor(ingresses: readonly IngressInfo[], host: string, path: string): FoundRule | undefined {
  const rules = rulesFor(ingresses, host);
  const routing = rules.filter(({ rule }) => isRouted(rule, path));
  const exact = routing.find(({ rule }) => rule.pathType === 'Exact');
  return exact ?? routing.toSorted((a, b) => b.rule.path.length - a.rule.path.length)[0] ?? rules[0];
}
