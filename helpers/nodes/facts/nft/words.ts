import { fieldName, keyword } from './expressions.ts';

// Rules in nft's own words, for people. What has no words here is given as JSON.

const OPERATORS = new Set(['&', '|', '^', '<<', '>>']);

const list = (body: unknown, between: string): string =>
  Array.isArray(body) ? body.map(expressionWords).join(between) : JSON.stringify(body);

const field = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined;

/** A part of a body in words; empty where it is not there. */
const word = (body: unknown, name: string): string => {
  const part = field(body, name);
  return part === undefined ? '' : expressionWords(part);
};

const KEYWORDS: Record<string, (body: unknown) => string> = {
  concat: (body) => list(body, ' . '),
  set: (body) => `{ ${Array.isArray(body) ? body.map(entryWords).join(', ') : expressionWords(body)} }`,
  range: (body) => list(body, '-'),
  prefix: (body) => `${word(body, 'addr')}/${word(body, 'len')}`,
  elem: (body) => word(body, 'val'),
  numgen: (body) => `numgen ${word(body, 'mode')} mod ${word(body, 'mod')}`,
  jhash: (body) => `jhash ${word(body, 'expr')} mod ${word(body, 'mod')}`,
  map: (body) => `${word(body, 'key')} map ${word(body, 'data')}`,
  'tcp option': (body) => `tcp option ${word(body, 'name')} ${word(body, 'field')}`,
  rt: (body) => `rt ${word(body, 'key')}`,
  payload: (body) => rawPayload(body) ?? `${word(body, 'protocol')} ${word(body, 'field')}`,
};

/** Bytes by where they stand, as `@th,16,16`; undefined for a field that has a name. */
function rawPayload(body: unknown): string | undefined {
  const base = word(body, 'base');
  return base === '' ? undefined : `@${base},${word(body, 'offset')},${word(body, 'len')}`;
}

/** Of a map, a key and what it leads to. */
const entryWords = (entry: unknown): string =>
  Array.isArray(entry) ? entry.map(statementWords).join(' : ') : expressionWords(entry);

function expressionWords(expression: unknown): string {
  if (typeof expression !== 'object' || expression === null) return String(expression);
  if (Array.isArray(expression)) return list(expression, ',');
  const [name, body] = keyword(expression) ?? [];
  if (name === undefined) return JSON.stringify(expression);
  if (OPERATORS.has(name)) return list(body, ` ${name} `);
  const own = KEYWORDS[name]?.(body) ?? fieldName(expression);
  // nft leaves the word out where a device or a mark is meant.
  return own?.replace(/^meta (iif|oif|iifname|oifname)$/, '$1') ?? JSON.stringify(expression);
}

function matchWords(body: unknown): string {
  const op = word(body, 'op');
  const between = op === '==' || op === 'in' ? ' ' : ` ${op} `;
  return `${word(body, 'left')}${between}${word(body, 'right')}`;
}

function natWords(name: string, body: unknown): string {
  const [family, address, port, flags] = ['family', 'addr', 'port', 'flags'].map((key) => word(body, key));
  const to = `${address}${port === '' ? '' : `:${port}`}`;
  return [name, family, to === '' ? '' : `to ${to}`, flags].filter((each) => each !== '').join(' ');
}

function limitWords(body: unknown): string {
  return `limit rate ${overWords(body)}${word(body, 'rate')}/${word(body, 'per')}`;
}

const overWords = (body: unknown): string => (field(body, 'inv') === true ? 'over ' : '');

function logWords(body: unknown): string {
  const prefix = field(body, 'prefix');
  return prefix === undefined ? 'log' : `log prefix ${JSON.stringify(prefix)}`;
}

function rejectWords(body: unknown): string {
  const words = [word(body, 'type'), word(body, 'expr')].filter((each) => each !== '').join(' ');
  return words === '' ? 'reject' : `reject with ${words}`;
}

const STATEMENTS: Record<string, (body: unknown) => string> = {
  match: matchWords,
  counter: (body) => (typeof body === 'string' ? `counter name ${body}` : 'counter'),
  jump: (body) => `jump ${word(body, 'target')}`,
  goto: (body) => `goto ${word(body, 'target')}`,
  vmap: (body) => `${word(body, 'key')} vmap ${word(body, 'data')}`,
  mangle: (body) => `${word(body, 'key')} set ${word(body, 'value')}`,
  set: (body) => `${word(body, 'op')} ${word(body, 'set')} { ${word(body, 'elem')} }`,
  limit: limitWords,
  quota: (body) => `quota ${overWords(body)}${word(body, 'val')} ${word(body, 'val_unit')}`,
  'ct count': (body) => `ct count ${overWords(body)}${word(body, 'val')}`,
  log: logWords,
  reject: rejectWords,
  dnat: (body) => natWords('dnat', body),
  snat: (body) => natWords('snat', body),
  masquerade: (body) => natWords('masquerade', body),
  redirect: (body) => natWords('redirect', body),
  xt: (body) => `xt ${word(body, 'type')} ${word(body, 'name')}`.trim(),
};

/** One statement of a rule, or a plain expression. */
export function statementWords(statement: unknown): string {
  const [name, body] = keyword(statement) ?? [];
  if (name === undefined) return expressionWords(statement);
  const own = STATEMENTS[name]?.(body);
  if (own !== undefined) return own;
  return body === null ? name : expressionWords(statement);
}
