import type { ErrorKind } from '../model/observation.ts';

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Reads an answer as it came over the wire; undefined when it does not begin with a status line. Interim (1xx) answers
 * are skipped.
 */
export function readHttp(raw: string): HttpAnswer | undefined {
  const [, status] = /^HTTP\/[\d.]+ (\d{3})/.exec(raw) ?? [];
  if (status === undefined) return undefined;
  const end = /\r?\n\r?\n/.exec(raw);
  const [head, body] = end ? [raw.slice(0, end.index), raw.slice(end.index + end[0].length)] : [raw, ''];
  if (status.startsWith('1') && body !== '') return readHttp(body);
  const headers = head
    .split(/\r?\n/)
    .slice(1)
    .flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 ? [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]] : [];
    });
  return { status: Number(status), headers: Object.fromEntries(headers), body };
}

/** curl(1), section EXIT CODES; 124 is timeout(1)'s. */
const CURL_KINDS: Record<number, ErrorKind> = {
  6: 'name-not-resolved',
  28: 'timeout',
  35: 'tls',
  51: 'tls',
  52: 'reset',
  56: 'reset',
  58: 'tls',
  60: 'tls',
  77: 'tls',
};
const TIMED_OUT = 124;

/**
 * In the order in which they are looked for: what the programs and the kernel say of a connection that did not come
 * about.
 */
const TEXTS: [RegExp, ErrorKind][] = [
  [/connection refused/i, 'refused'],
  [/no route to host|network is unreachable|host is unreachable/i, 'no-route'],
  [/permission denied|administratively|operation not permitted/i, 'prohibited'],
  [/connection reset|empty reply|broken pipe|no data received/i, 'reset'],
  [/timed out|timeout/i, 'timeout'],
  [
    /could not resolve|name or service not known|unable to resolve|temporary failure in name|bad address/i,
    'name-not-resolved',
  ],
  [/certificate|ssl|tls/i, 'tls'],
];

/** Why a program on a node got no answer. */
export function errorKindOf(tool: string, code: number, text: string): ErrorKind {
  const byCode = code === TIMED_OUT ? 'timeout' : tool === 'curl' ? CURL_KINDS[code] : undefined;
  return byCode ?? TEXTS.find(([said]) => said.test(text))?.[1] ?? (tool !== 'curl' && code === 0 ? 'reset' : 'other');
}
