/** One plugin of a server block, with its arguments and the lines of its own block, each as words. */
export interface CorefilePlugin {
  name: string;
  args: string[];
  options: string[][];
}

/** A server block: the zones that it answers for, without ports, and its plugins. */
export interface ServerBlock {
  zones: string[];
  plugins: CorefilePlugin[];
}

const wordsOf = (line: string): string[] =>
  line
    .replace(/(^|\s)#.*$/, '')
    .split(/\s+/)
    .filter(Boolean);

/** A zone as people write it, in one form: without scheme, port and final dot; the root is the empty text. */
const zoneOf = (text: string): string =>
  text
    .replace(/^[a-z]+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .toLowerCase();

/**
 * Reads a Corefile as its plugins' documents write it: a brace opens at the end of a line and closes on one of its own.
 * What is no such line is left out: this reads what CoreDNS has taken, and does not check it.
 */
export function serverBlocks(text: string): ServerBlock[] {
  const blocks: ServerBlock[] = [];
  let depth = 0;
  for (const words of text.split('\n').map(wordsOf)) {
    const opens = words.at(-1) === '{';
    const own = opens ? words.slice(0, -1) : words;
    const block = blocks.at(-1);
    if (own[0] === '}') depth = Math.max(0, depth - 1);
    else if (depth === 0 && own.length > 0)
      blocks.push({ zones: own.map((zone) => zoneOf(zone.replace(/,$/, ''))), plugins: [] });
    else if (depth === 1 && own[0] !== undefined)
      block?.plugins.push({ name: own[0], args: own.slice(1), options: [] });
    else if (depth > 1 && own.length > 0) block?.plugins.at(-1)?.options.push(own);
    if (opens) depth += 1;
  }
  return blocks;
}

/**
 * The server blocks of all ConfigMaps, by ConfigMap and file. K3s imports `*.override` into the block of the root, and
 * `*.server` beside it.
 */
export const blocksOf = (files: Readonly<Record<string, string>>): ServerBlock[] =>
  Object.entries(files).flatMap(([file, text]) => {
    if (file.endsWith('.override')) return serverBlocks(`. {\n${text}\n}`);
    return file.endsWith('/Corefile') || file.endsWith('.server') ? serverBlocks(text) : [];
  });

/** Whether a name is in one of these zones. */
export const isInZones = (name: string, zones: readonly string[]): boolean =>
  zones.map(zoneOf).some((zone) => zone === '' || name === zone || name.endsWith(`.${zone}`));

/** The server blocks that a question for a name comes to: those of the longest zone that holds it. */
export function blocksFor(blocks: readonly ServerBlock[], name: string): ServerBlock[] {
  const longest = (zones: readonly string[]): number =>
    Math.max(-1, ...zones.filter((zone) => isInZones(name, [zone])).map(({ length }) => length));
  const most = longest(blocks.flatMap(({ zones }) => zones));
  return most < 0 ? [] : blocks.filter(({ zones }) => longest(zones) === most);
}

/** The zones that the plugin kubernetes answers for; undefined where the text leaves that open. */
export function kubernetesZones(blocks: readonly ServerBlock[]): string[] | undefined {
  const zones = blocks.flatMap((block) =>
    block.plugins
      .filter(({ name }) => name === 'kubernetes')
      .flatMap(({ args }) => (args.length > 0 ? args.map(zoneOf) : block.zones)),
  );
  // A variable of the environment, or no such plugin: it may be imported.
  return zones.length === 0 || zones.some((zone) => zone.includes('{')) ? undefined : zones;
}

/** The plugin hosts that keeps names of a domain from all plugins after it: it answers for them and hands none on. */
export function keepingHosts(blocks: readonly ServerBlock[], domain: string): CorefilePlugin | undefined {
  return blocks
    .filter(({ zones }) => isInZones(domain, zones))
    .flatMap(({ plugins }) => plugins)
    .find(({ name, args, options }) => {
      const zones = args.slice(1);
      if (name !== 'hosts' || (zones.length > 0 && !isInZones(domain, zones))) return false;
      const handsOn = options.find(([option]) => option === 'fallthrough');
      return !handsOn || (handsOn.length > 1 && !isInZones(domain, handsOn.slice(1)));
    });
}

/** The plugin template that answers questions of one of these types for a name itself, with an rcode but NOERROR. */
export function denyingTemplate(
  blocks: readonly ServerBlock[],
  name: string,
  types: readonly string[],
): CorefilePlugin | undefined {
  return blocks
    .filter(({ zones }) => isInZones(name, zones))
    .flatMap(({ plugins }) => plugins)
    .find(({ name: plugin, args: [, type = '', ...zones], options }) => {
      if (plugin !== 'template' || !types.includes(type.toUpperCase())) return false;
      const [, rcode = 'NOERROR'] = options.find(([option]) => option === 'rcode') ?? [];
      return rcode.toUpperCase() !== 'NOERROR' && (zones.length === 0 || isInZones(name, zones));
    });
}

/** What the plugin acl is told to refuse: its lines that block or filter. */
export const refusals = (blocks: readonly ServerBlock[]): string[] =>
  blocks
    .flatMap(({ plugins }) => plugins)
    .filter(({ name }) => name === 'acl')
    .flatMap(({ options }) => options.filter(([action]) => action === 'block' || action === 'filter'))
    .map((words) => `acl ${words.join(' ')}`);

const LOOPBACK = /^(lo|127(\.\d+){3}|::1)$/;

/**
 * The lines `bind` by which what answers for a name listens on the loopback alone, where no other pod gets: all
 * addresses and interfaces of a server's binds are listened on together. Empty where it listens elsewhere, too.
 */
export function loopbackBinds(blocks: readonly ServerBlock[], name: string): string[] {
  const binds = blocksFor(blocks, name)
    .flatMap(({ plugins }) => plugins)
    .filter(({ name: plugin }) => plugin === 'bind');
  return binds.every(({ args }) => args.length > 0 && args.every((arg) => LOOPBACK.test(arg)))
    ? binds.map(({ args }) => `bind ${args.join(' ')}`)
    : [];
}
