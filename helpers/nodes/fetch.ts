import { randomUUID } from 'node:crypto';
import type { ErrorKind } from '../model/observation.ts';
import type { NodeConnection } from './connection.ts';
import { runOnNode } from './exec.ts';
import { errorKindOf, readHttp } from './http-answer.ts';
import { quote, SCRIPT_HEAD } from './shell.ts';

export type FetchTool = 'curl' | 'bash';

export interface FetchOptions {
  timeoutMs: number;
  /** Sent as Host in place of the URL's own. */
  hostHeader?: string;
  /** Sent besides. */
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Programs to use, best first; the first one that the node has is taken. */
  tools?: FetchTool[];
}

/**
 * What a node got. Either `status`, or `errorKind` with its text; `lost` when SSH kept us from knowing, and then
 * neither.
 */
export interface NodeFetchResult {
  status?: number;
  headers?: Record<string, string>;
  /** The first 64 KiB. */
  body?: string;
  errorKind?: ErrorKind;
  errorText?: string;
  /** The program that was used. */
  tool?: FetchTool;
  lost?: string;
  /** The request alone where the program measures it, else with the way of SSH. */
  durationMs: number;
}

const BODY_BYTES = 64 * 1024;
/** SSH's own time on top of the request's. */
const SSH_GRACE_MS = 5_000;
const TOOLS: FetchTool[] = ['curl', 'bash'];

const linesOf = (headers: Record<string, string> = {}): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

function curlCommand(url: URL, { timeoutMs, hostHeader, headers }: FetchOptions, marker: string): string {
  // -v: since 7.84 the message itself keeps silent on why a connection failed ("Couldn't connect to server").
  const words = ['-q', '-sS', '-v', '-i', '--http1.1', '--noproxy', '*', '-A', 'netwright'];
  const limits = ['-m', (timeoutMs / 1000).toFixed(3), '-w', `%{stderr}\n${marker} time %{time_total}\n`];
  const target = [
    ...[`Host: ${hostHeader ?? url.host}`, ...linesOf(headers)].flatMap((line) => ['-H', line]),
    url.href,
  ];
  return ['curl', ...[...words, ...limits, ...target].map(quote)].join(' ');
}

/** HTTP/1.0: an answer in one piece that ends with the connection. bash speaks no TLS. */
function bashCommand(url: URL, { timeoutMs, hostHeader, headers }: FetchOptions): string | undefined {
  if (url.protocol === 'https:') return undefined;
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.0`,
    `Host: ${hostHeader ?? url.host}`,
    'User-Agent: netwright',
    'Connection: close',
    ...linesOf(headers),
  ];
  const request = lines.map((line) => `${line}\r\n`).join('') + '\r\n';
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const open = `exec 3<>/dev/tcp/${quote(address)}/${url.port || '80'} || exit 7`;
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  return `timeout ${seconds} bash -c ${quote(`${open}; printf %s ${quote(request)} >&3; cat <&3`)}`;
}

function script(url: URL, options: FetchOptions, marker: string): string {
  const branches = (options.tools ?? TOOLS).flatMap((tool) => {
    const command = tool === 'curl' ? curlCommand(url, options, marker) : bashCommand(url, options);
    if (command === undefined) return [];
    const say = `echo "${marker} tool ${tool}" >&2`;
    return [`if command -v ${tool} >/dev/null; then ${say}; ${command} </dev/null; exit $?; fi`];
  });
  return `${SCRIPT_HEAD}${branches.join('\n')}\nexit 127\n`;
}

/** The lines in which a program says why it got no answer, the last attempt's where a name has several addresses. */
function whatItSaid(tool: FetchTool, said: string[]): string | undefined {
  if (tool === 'bash') return said.at(-1)?.trim();
  const last = (pattern: RegExp) => said.findLast((line) => pattern.test(line))?.replace(/^\*\s+/, '');
  // What fails at once is a family that the node does not have, which says nothing of the address in the other.
  const attempt = last(/^\* .*connect to .* failed/i) ?? last(/^\* .*immediate connect fail/i);
  const verdict = said.findLast((line) => line.startsWith('curl: '));
  return [verdict, ...(attempt === undefined ? [] : [`(${attempt.trim()})`])].join(' ') || undefined;
}

/**
 * Gets a URL from a node, as an operator would with curl there. Never throws for what SSH, the node or the network
 * does.
 */
export async function fetchFromNode(
  connection: NodeConnection,
  url: string,
  options: FetchOptions,
): Promise<NodeFetchResult> {
  const { timeoutMs, signal } = options;
  const marker = `netwright-${randomUUID()}`;
  const started = performance.now();
  const run = await runOnNode(connection, 'sh -s', {
    timeoutMs: timeoutMs + SSH_GRACE_MS,
    signal,
    maxBytes: BODY_BYTES + 16 * 1024,
    stdin: script(new URL(url), options, marker),
  });
  const wallMs = performance.now() - started;
  if (run.outcome === 'lost' || run.outcome === 'aborted') return { lost: run.reason, durationMs: wallMs };
  if (run.outcome === 'killed') return { lost: `the request's program was ended by ${run.signal}`, durationMs: wallMs };
  const { code, stdout, stderr } = run;
  const tool = TOOLS.find((name) => stderr.includes(`${marker} tool ${name}\n`));
  if (!tool) return { lost: 'the node has no program to fetch a URL with (curl or bash)', durationMs: wallMs };
  const seconds = Number(new RegExp(`${marker} time ([\\d.]+)`).exec(stderr)?.[1]);
  const durationMs = Number.isFinite(seconds) ? seconds * 1000 : wallMs;
  const said = stderr.split('\n').filter((line) => !line.startsWith(marker) && line.trim() !== '');
  const answer = readHttp(stdout);
  // A status line and then a cut is still an answer; bash ends by timeout when the server keeps the connection.
  if (answer && (code === 0 || tool !== 'curl'))
    return { ...answer, body: answer.body.slice(0, BODY_BYTES), tool, durationMs };
  const errorText = whatItSaid(tool, said) ?? `${tool} ended with ${code} and no answer`;
  return { errorKind: errorKindOf(tool, code, errorText), errorText, tool, durationMs };
}
