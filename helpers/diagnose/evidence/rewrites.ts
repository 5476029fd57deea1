import { blocksFor, type CorefilePlugin, type ServerBlock } from './corefile.ts';

/** What the Corefile makes of a name before anything answers for it. */
export interface Rewritten {
  to: string;
  /** The lines that do so, in their order. */
  lines: string[];
}

/** A name with the final dot that CoreDNS compares it with. */
const dotted = (name: string): string => `${name.replace(/\.$/, '')}.`;

/** What another engine of regular expressions may read otherwise, or not end with: a group that is repeated. */
const UNSURE = /\)[*+{]/;

/** A pattern of Go as one of this language's; undefined where the two may differ. */
function patternOf(text: string): RegExp | undefined {
  if (UNSURE.test(text)) return undefined;
  try {
    return new RegExp(text, 'u');
  } catch {
    return undefined;
  }
}

/** The name that a rule makes of one, the same where it does not match, undefined where that cannot be told. */
function applied(type: string, from: string, to: string, name: string): string | undefined {
  const [low, target] = [from.toLowerCase(), to.toLowerCase()];
  switch (type) {
    case 'exact':
      return name === dotted(low) ? dotted(target) : name;
    case 'prefix':
      return name.startsWith(low) ? target + name.slice(low.length) : name;
    case 'suffix':
      return name.endsWith(dotted(low)) ? name.slice(0, -dotted(low).length) + dotted(target) : name;
    case 'substring':
      return name.replaceAll(low, target);
    case 'regex': {
      const pattern = patternOf(from);
      const groups = pattern?.exec(name);
      if (!groups) return pattern && name;
      return dotted(target.replaceAll(/\{(\d+)\}/g, (all, index: string) => groups[Number(index)] ?? all));
    }
    default:
      return undefined;
  }
}

const unquoted = (word: string): string => word.replace(/^"(.*)"$/, '$1');

/** A rule for names: `[continue|stop] name [TYPE] FROM TO …` on one line, or the same in a block of its own. */
function ruleOf({ args, options }: CorefilePlugin) {
  const mode = /^(continue|stop)$/i.exec(args[0] ?? '')?.[0].toLowerCase();
  const words = [...(mode ? args.slice(1) : args), ...(options[0] ?? [])].map(unquoted);
  if (words[0]?.toLowerCase() !== 'name') return undefined;
  const [type, from, to] = words.length === 3 ? ['exact', ...words.slice(1)] : words.slice(1);
  if (type === undefined || from === undefined || to === undefined) return undefined;
  const line = ['rewrite', ...(mode ? [mode] : []), ...words].join(' ');
  return { type: type.toLowerCase(), from, to, line, goesOn: mode === 'continue' };
}

/**
 * What the rules of the plugin rewrite make of a name, as CoreDNS applies them (plugin/rewrite): in their order, to the
 * lower-case name with its final dot, and no further than the first that matches and does not say `continue`.
 * Undefined where none changes it, or where a rule before cannot be told.
 */
export function rewritten(blocks: readonly ServerBlock[], asked: string): Rewritten | undefined {
  const plain = asked.replace(/\.$/, '').toLowerCase();
  const rules = blocksFor(blocks, plain)
    .flatMap(({ plugins }) => plugins)
    .filter(({ name }) => name === 'rewrite')
    .flatMap((plugin) => ruleOf(plugin) ?? []);
  let name = dotted(plain);
  const lines: string[] = [];
  for (const { type, from, to, line, goesOn } of rules) {
    const next = applied(type, from, to, name);
    if (next === undefined) return undefined;
    if (next === name) continue;
    name = next;
    lines.push(line);
    if (!goesOn) break;
  }
  return name === dotted(plain) ? undefined : { to: name.replace(/\.$/, ''), lines };
}
