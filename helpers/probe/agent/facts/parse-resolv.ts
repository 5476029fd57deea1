import type { Resolv } from '../../../model/facts/agent.ts';

/** resolv.conf as glibc reads it: the last `search` (or `domain`) wins, comments begin with # or ;. */
export function parseResolv(text: string): Resolv {
  const resolv: Resolv = { nameservers: [], search: [], options: [] };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && values[0]) resolv.nameservers.push(values[0]);
    else if (keyword === 'search') resolv.search = values;
    else if (keyword === 'domain') resolv.search = values.slice(0, 1);
    else if (keyword === 'options') resolv.options.push(...values);
  }
  return resolv;
}
