import type { NatTarget, Part, Statement, Verdict } from '../../../model/firewall.ts';
import type { Option } from './words.ts';

// What a rule of iptables does with a packet: the target with its options.

export interface Effect {
  statement?: Statement;
  verdict?: Verdict;
}

const ALL_BITS = 0xffffffff;

const valueOf = (options: Option[], name: string): string | undefined =>
  options.find((option) => option.name === name)?.values[0];

/** `10-20` or `10`. */
function portOf(text: string | undefined): Part | undefined {
  const [from, to] = (text ?? '').split('-').map(Number);
  if (!text || from === undefined || Number.isNaN(from)) return undefined;
  return to === undefined ? from : { from, to };
}

/** `10.0.0.1:80`, `[fd00::1]:80`, `10.0.0.1-10.0.0.9:1000-2000`, `:80`. */
function natTargetOf(text: string | undefined): NatTarget {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*|[^:]*:[^:]*:.*?))(?::([\d-]+))?$/.exec(text ?? '') ?? [];
  const host = bracketed ?? plain ?? '';
  const [from = '', to] = host.split('-');
  return { address: host === '' ? undefined : to === undefined ? from : { from, to }, port: portOf(port) };
}

function markEffect(options: Option[], of: 'meta mark' | 'ct mark', text: string): Effect {
  const first = options.find(({ name }) => /^--(set-x?mark|(and|or|xor)-mark|save-mark|restore-mark)$/.test(name));
  const [value = Number.NaN, mask = ALL_BITS] = (first?.values[0] ?? '').split('/').map(Number);
  const masks = ['--nfmask', '--ctmask'].map((name) => Number(valueOf(options, name) ?? ALL_BITS));
  const set = (from: 'meta mark' | 'ct mark', and: number, xor: number): Effect => ({
    statement: { kind: 'mark', of, from, and: and >>> 0, xor: xor >>> 0 },
  });
  switch (first?.name) {
    case '--set-xmark':
      return set(of, ~mask, value);
    case '--set-mark':
      return set(of, ~(mask | value), value);
    case '--and-mark':
      return set(of, value, 0);
    case '--or-mark':
      return set(of, ~value, value);
    case '--xor-mark':
      return set(of, ALL_BITS, value);
    case '--save-mark':
    case '--restore-mark':
      // With masks the bits of both marks are mixed, which one line of arithmetic cannot say.
      return masks.every((each) => each === ALL_BITS)
        ? set(first.name === '--save-mark' ? 'meta mark' : 'ct mark', ALL_BITS, 0)
        : { statement: { kind: 'unknown', text } };
    default:
      return { statement: { kind: 'unknown', text } };
  }
}

function connectionEffect(options: Option[], text: string): Effect {
  if (options.some(({ name }) => name === '--notrack')) return { statement: { kind: 'notrack' } };
  const zone = valueOf(options, '--zone');
  return zone !== undefined && /^\d+$/.test(zone)
    ? { statement: { kind: 'zone', zone: Number(zone) } }
    : { statement: { kind: 'unknown', text } };
}

function setEffect(options: Option[], text: string): Effect {
  const [add, remove] = ['--add-set', '--del-set'].map((name) => valueOf(options, name));
  if (add !== undefined) return { statement: { kind: 'set', op: 'add', set: add } };
  return remove === undefined
    ? { statement: { kind: 'unknown', text } }
    : { statement: { kind: 'set', op: 'delete', set: remove } };
}

function mssEffect(options: Option[], text: string): Effect {
  const size = Number(valueOf(options, '--set-mss'));
  if (Number.isInteger(size)) return { statement: { kind: 'mss', size } };
  return options.some(({ name }) => name === '--clamp-mss-to-pmtu')
    ? { statement: { kind: 'mss', size: 'path' } }
    : { statement: { kind: 'unknown', text } };
}

function ttlEffect(options: Option[], text: string): Effect {
  const value = Number(valueOf(options, '--ttl-set') ?? valueOf(options, '--hl-set') ?? Number.NaN);
  return { statement: Number.isInteger(value) ? { kind: 'ttl', value } : { kind: 'unknown', text } };
}

const randomOf = (options: Option[]): { random?: true } =>
  options.some(({ name }) => /^--random(-fully)?$/.test(name)) ? { random: true } : {};

type Target = (options: Option[], text: string) => Effect;

export const TARGETS: Record<string, Target> = {
  ACCEPT: () => ({ verdict: { kind: 'accept' } }),
  DROP: () => ({ verdict: { kind: 'drop' } }),
  RETURN: () => ({ verdict: { kind: 'return' } }),
  QUEUE: () => ({ verdict: { kind: 'queue' } }),
  NFQUEUE: () => ({ verdict: { kind: 'queue' } }),
  REJECT: (options) => ({ verdict: { kind: 'reject', with: valueOf(options, '--reject-with') } }),
  DNAT: (options) => ({
    verdict: { kind: 'dnat', to: { ...natTargetOf(valueOf(options, '--to-destination')), ...randomOf(options) } },
  }),
  SNAT: (options) => ({
    verdict: { kind: 'snat', to: { ...natTargetOf(valueOf(options, '--to-source')), ...randomOf(options) } },
  }),
  MASQUERADE: (options) => ({
    verdict: { kind: 'masquerade', port: portOf(valueOf(options, '--to-ports')), ...randomOf(options) },
  }),
  REDIRECT: (options) => ({
    verdict: { kind: 'redirect', port: portOf(valueOf(options, '--to-ports')), ...randomOf(options) },
  }),
  MARK: (options, text) => markEffect(options, 'meta mark', text),
  CONNMARK: (options, text) =>
    markEffect(options, options.some(({ name }) => name === '--restore-mark') ? 'meta mark' : 'ct mark', text),
  LOG: (options) => ({ statement: { kind: 'log', prefix: valueOf(options, '--log-prefix') } }),
  NFLOG: (options) => ({ statement: { kind: 'log', prefix: valueOf(options, '--nflog-prefix') } }),
  NOTRACK: () => ({ statement: { kind: 'notrack' } }),
  CT: connectionEffect,
  SET: setEffect,
  TCPMSS: mssEffect,
  TTL: ttlEffect,
  HL: ttlEffect,
};

/** Targets that let the packet go on as it was, as far as its way is concerned. */
export const HARMLESS = new Set([
  'TRACE',
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CONNSECMARK',
  'DSCP',
  'ECN',
  'IDLETIMER',
  'LED',
  'RATEEST',
  'SECMARK',
  'TCPOPTSTRIP',
  // Sends a copy elsewhere.
  'TEE',
  'TOS',
  'ULOG',
]);
