import { globSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { patternMatches } from './known-hosts.ts';

/** What OpenSSH's configuration says of one host, of what is taken from it. */
export interface HostConfig {
  hostName?: string;
  port?: number;
  user?: string;
  /** Paths, first named first. */
  identityFiles: string[];
  knownHostsFiles?: string[];
  /** `[user@]host[:port]` each, the nearest first; none where the way is direct. */
  proxyJump?: string[];
}

/** Lines under conditions that must all hold: lists of patterns of which one has to match. */
interface Block {
  conditions: (readonly string[])[];
  settings: [keyword: string, values: string[]][];
}

/** A block under these holds for no host. */
const NEVER = ['!*'];
const MOST_INCLUDES = 16;

/** The words of a line, as ssh_config(5) parts them: by blanks, with quotes, and a `=` after the keyword. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/^(\w+)\s*=\s*/, '$1 ').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );

/** Conditions of `Match` that need no command and no knowledge of the session. Others hold for no host. */
function matchCondition([first = '', ...rest]: string[]): readonly string[] {
  if (first === 'all' && rest.length === 0) return ['*'];
  return ['host', 'originalhost'].includes(first) && rest.length === 1 ? (rest[0]?.split(',') ?? NEVER) : NEVER;
}

function read(path: string, outer: Block['conditions'], depth: number): Block[] {
  let current: Block = { conditions: outer, settings: [] };
  const blocks = [current];
  for (const raw of readFileSync(path, 'utf8').split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [keyword = '', ...values] = wordsOf(line);
    const name = keyword.toLowerCase();
    if (name === 'host' || name === 'match') {
      const condition = name === 'host' ? values : matchCondition(values);
      current = { conditions: [...outer, condition], settings: [] };
      blocks.push(current);
    } else if (name === 'include' && depth < MOST_INCLUDES) {
      const { conditions } = current;
      for (const value of values) {
        const wanted = expanded(value);
        const files = globSync(isAbsolute(wanted) ? wanted : join(home(), '.ssh', wanted)).toSorted();
        blocks.push(...files.flatMap((file) => read(file, conditions, depth + 1)));
      }
      current = { conditions, settings: [] };
      blocks.push(current);
    } else current.settings.push([name, values]);
  }
  return blocks;
}

/** Reads OpenSSH's configuration and what it includes. Throws the system's error where a file cannot be read. */
export const readSshConfig = (path: string): Block[] => read(path, [], 0);

const home = (): string => process.env['HOME'] ?? homedir();

/** A path with its `~` and the tokens that ssh_config(5) has for paths. */
function expanded(path: string, tokens: Record<string, string> = {}): string {
  const known: Record<string, string> = { '%': '%', d: home(), u: userInfo().username, ...tokens };
  const text = path.replaceAll(/%(.)/g, (whole, letter: string) => known[letter] ?? whole);
  return text.startsWith('~/') ? join(home(), text.slice(2)) : text;
}

/** Whether one of a `Host` line's patterns matches and none that is negated does. */
const holds = (patterns: readonly string[], names: readonly string[]): boolean => {
  const matches = (pattern: string) => names.some((name) => patternMatches(pattern, name.toLowerCase()));
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))
  );
};

/**
 * What the configuration says of a host that is known by these names, its address among them. As with ssh, what is said
 * first holds, and every `IdentityFile` counts. What could let a host in whose key is not
 * known (StrictHostKeyChecking) is not read.
 */
export function configOf(blocks: readonly Block[], names: readonly string[]): HostConfig {
  const settings = blocks
    .filter(({ conditions }) => conditions.every((patterns) => holds(patterns, names)))
    .flatMap((block) => block.settings);
  const first = (keyword: string) => settings.find(([name]) => name === keyword)?.[1];
  const [hostName, port, user] = ['hostname', 'port', 'user'].map((keyword) => first(keyword)?.[0]);
  const tokens = {
    h: hostName ?? names[0] ?? '',
    n: names[0] ?? '',
    ...(port && { p: port }),
    ...(user && { r: user }),
  };
  const knownHostsFiles = first('userknownhostsfile')?.map((path) => expanded(path, tokens));
  const jump = first('proxyjump')?.[0];
  return {
    ...(hostName !== undefined && { hostName: expanded(hostName, { h: names[0] ?? '' }) }),
    ...(port !== undefined && Number.isInteger(Number(port)) && { port: Number(port) }),
    ...(user !== undefined && { user }),
    identityFiles: settings
      .filter(([name, [path]]) => name === 'identityfile' && path !== 'none')
      .flatMap(([, [path = '']]) => expanded(path, tokens)),
    ...(knownHostsFiles && { knownHostsFiles }),
    ...(jump !== undefined && jump !== 'none' && { proxyJump: jump.split(',') }),
  };
}
