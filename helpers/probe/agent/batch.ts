import type { Batch, BatchRefused, FactsSpec, ProbeSpec } from '../protocol.ts';
import { isRecord, readObject } from './json.ts';

/** What each kind needs beside id, host, port and timeoutMs. */
const fields: Record<string, Record<string, 'string' | 'number'>> = {
  tcp: {},
  http: { path: 'string' },
  'udp-echo': { payloadBytes: 'number' },
  payload: { payloadBytes: 'number' },
  dns: { name: 'string', recordType: 'string', transport: 'string' },
  resolve: { name: 'string' },
  burst: { vni: 'number', count: 'number', payloadBytes: 'number', shape: 'string' },
} satisfies Record<ProbeSpec['kind'], Record<string, 'string' | 'number'>>;

const optionalNumbers = ['attempts', 'intervalMs', 'startAfterMs', 'bodyBytes'];

/** More than this at once would measure the probe pod's own limits. */
const MAX_CONCURRENCY = 256;

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** What is wrong with a probe, as text; undefined when the agent can run it. */
function problemOf(spec: unknown): string | undefined {
  if (!isRecord(spec)) return 'a probe is not an object';
  const named = `probe ${JSON.stringify(spec['id'] ?? null)}`;
  if (typeof spec['id'] !== 'string') return `${named}: id must be a string`;
  if (spec['kind'] === 'facts') return Array.isArray(spec['sets']) ? undefined : `${named}: sets must be a list`;
  const own =
    typeof spec['kind'] === 'string' && Object.hasOwn(fields, spec['kind']) ? fields[spec['kind']] : undefined;
  if (!own) return `${named}: this agent knows no kind ${JSON.stringify(spec['kind'] ?? null)}`;
  const wanted = { host: 'string', port: 'number', timeoutMs: 'number', ...own };
  for (const [field, type] of Object.entries(wanted)) {
    const value = spec[field];
    if (type === 'number' ? !isCount(value) : typeof value !== type) return `${named}: ${field} must be a ${type}`;
  }
  if (Number(spec['port']) > 65_535) return `${named}: port must be below 65536`;
  const wrong = optionalNumbers.find((field) => spec[field] !== undefined && !isCount(spec[field]));
  return wrong && `${named}: ${wrong} must be a number`;
}

const isProbe = (value: unknown): value is ProbeSpec | FactsSpec => problemOf(value) === undefined;

/**
 * Reads a batch from a line; a line that is none, or a probe the agent cannot run as asked, refuses the whole batch and
 * says why.
 */
export function readBatch(line: string): Batch | BatchRefused {
  const value = readObject(line);
  if (!value) return { batch: '', refused: `not a batch: ${line.slice(0, 80)}` };
  const { batch, concurrency, probes } = value;
  if (typeof batch !== 'string') return { batch: '', refused: 'batch must be a string' };
  if (!Array.isArray(probes)) return { batch, refused: 'probes must be a list' };
  if (!probes.every(isProbe)) return { batch, refused: probes.map(problemOf).find((text) => text !== undefined) ?? '' };
  const limit = isCount(concurrency) ? Math.floor(Number(concurrency)) : 1;
  return { batch, concurrency: Math.min(Math.max(limit, 1), MAX_CONCURRENCY), probes };
}
