import type { NamedSet, Part, Value } from '../../model/firewall.ts';
import { wordsOf } from './iptables/words.ts';

// Sets of ipset(8), as `ipset save` prints them: a line `create` with the type, a line `add` an element.

/** Parts of a type. A port has a protocol, which is written before it, in all types but bitmap:port. */
function partsOf(type: string): string[] {
  const [method = '', parts = ''] = type.split(':');
  if (method === 'bitmap' && parts === 'port') return ['port'];
  return parts.split(',').flatMap((part) => (part === 'port' ? ['proto', 'port'] : [part]));
}

/** `a-b` as a range, of addresses or of ports. */
function rangeOrPlain(text: string): Part {
  const [from = '', to, ...more] = text.split('-');
  if (to === undefined || to === '' || more.length > 0) return text;
  return { from, to };
}

/** `tcp:80`, `80` for TCP, `icmp:8/0`. */
function portOf(text: string): Part[] {
  const at = text.indexOf(':');
  const [protocol, port] = at < 0 ? ['tcp', text] : [text.slice(0, at), text.slice(at + 1)];
  return [protocol, /^\d+$/.test(port) ? Number(port) : rangeOrPlain(port)];
}

function valueOf(type: readonly string[], text: string): Value | undefined {
  const words = text.split(',');
  const parts: Part[] = [];
  for (const part of type) {
    if (part === 'port' && type.includes('proto')) continue;
    const word = words.shift();
    if (word === undefined) return undefined;
    if (part === 'proto') parts.push(...portOf(word));
    else if (part === 'port') parts.push(rangeOrPlain(word));
    else parts.push(part === 'iface' ? word : rangeOrPlain(word));
  }
  if (words.length > 0) return undefined;
  const [only, ...more] = parts;
  return more.length === 0 ? only : parts;
}

const optionOf = (words: readonly string[], name: string): string | undefined => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
};

interface Reading extends NamedSet {
  members: string[];
}

/** A set of sets holds what they hold, where they are of one type. */
function flattened(set: Reading, all: ReadonlyMap<string, Reading>): NamedSet {
  const { members, ...plain } = set;
  if (plain.type[0] !== 'set') return plain;
  const inner = members.map((name) => all.get(name));
  const [first] = inner;
  const isPlain = inner.every((each) => each && each.type.join() === first?.type.join() && each.type[0] !== 'set');
  if (!first || !isPlain) return plain;
  return { ...plain, family: first.family, type: first.type, elements: inner.flatMap((each) => each?.elements ?? []) };
}

/**
 * `ipset save`. A set with an element that is not read, or one that is taken out again (`nomatch`), is of the type
 * `unknown`: nothing can be told of it. Throws on a line that is neither `create` nor `add`.
 */
export function readIpsets(output: string): NamedSet[] {
  const sets = new Map<string, Reading>();
  for (const line of output.split('\n')) {
    const [verb, name = '', what = '', ...options] = wordsOf(line);
    if (verb === undefined) continue;
    if (verb === 'create') {
      sets.set(name, {
        family: optionOf(options, 'family') === 'inet6' ? 'ip6' : 'ip',
        table: '',
        name,
        type: what === 'list:set' ? ['set'] : partsOf(what),
        elements: [],
        members: [],
      });
      continue;
    }
    const set = sets.get(name);
    if (verb !== 'add' || !set) throw new Error(`not a line of ipset: ${line.slice(0, 80)}`);
    if (set.type[0] === 'set') set.members.push(what);
    else {
      const value = valueOf(set.type, what);
      if (value === undefined || options.includes('nomatch')) set.type = ['unknown'];
      else set.elements.push({ value, comment: optionOf(options, 'comment') });
    }
  }
  return [...sets.values()].map((set) => flattened(set, sets));
}
