import type { Batch, BatchRefused, FactsSpec, ProbeSpec } from '../protocol.ts';

const fields = {
  tcp: {},
  http: { path: 'string' },
  'udp-echo': { payloadBytes: 'number' },
  payload: { payloadBytes: 'number' },
  dns: { name: 'string', recordType: 'string', transport: 'string' },
  resolve: { name: 'string' },
  burst: { vni: 'number', count: 'number', payloadBytes: 'number', shape: 'string' },
} satisfies Record<ProbeSpec['kind'], Record<string, 'string' | 'number'>>;

const optionalNumbers = ['attempts', 'intervalMs', 'bodyBytes'];

/** More than this at once would measure the probe pod's own limits. */
const MAX_CONCURRENCY = 256;

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** What is wrong with a probe, as text; undefined when the agent can run it. */
function problemOf(probe: unknown): string | undefined {
  if (typeof probe !== 'object' || probe === null) return 'a probe is not an object';
  const spec = probe as Record<string, unknown>;
  const named = `probe ${JSON.stringify(spec['id'] ?? null)}`;
  if (typeof spec['id'] !== 'string') return `${named}: id must be a string`;
  if (spec['kind'] === 'facts') return Array.isArray(spec['sets']) ? undefined : `${named}: sets must be a list`;
  if (typeof spec['kind'] !== 'string' || !Object.hasOwn(fields, spec['kind'])) return `${named}: this agent knows no kind ${JSON.stringify(spec['kind'] ?? null)}`;
  const wanted: Record<string, string> = { host: 'string', port: 'number', timeoutMs: 'number', ...fields[spec['kind'] as ProbeSpec['kind']] };
  for (const [field, type] of Object.entries(wanted)) {
    const value = spec[field];
    if (type === 'number' ? !isCount(value) : typeof value !== type) return `${named}: ${field} must be a ${type}`;
  }
  if (Number(spec['port']) > 65_535) return `${named}: port must be below 65536`;
  const wrong = optionalNumbers.find((field) => spec[field] !== undefined && !isCount(spec[field]));
  return wrong && `${named}: ${wrong} must be a number`;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Reads a batch from a line; a line that is none, or a probe the agent cannot run as asked, refuses the whole batch and says why. */
export function readBatch(line: string): Batch | BatchRefused {
  const value = parse(line);
  if (typeof value !== 'object' || value === null) return { batch: '', refused: `not a batch: ${line.slice(0, 80)}` };
  const { batch, concurrency, probes } = value as Record<string, unknown>;
  if (typeof batch !== 'string') return { batch: '', refused: 'batch must be a string' };
  if (!Array.isArray(probes)) return { batch, refused: 'probes must be a list' };
  const problem = probes.map(problemOf).find((text) => text !== undefined);
  if (problem !== undefined) return { batch, refused: problem };
  const limit = isCount(concurrency) ? Math.floor(Number(concurrency)) : 1;
  return { batch, concurrency: Math.min(Math.max(limit, 1), MAX_CONCURRENCY), probes: probes as (ProbeSpec | FactsSpec)[] };
}
