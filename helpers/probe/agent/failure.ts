import type { AnyAgentGot } from '../../model/agent-got.ts';
import type { ErrorKind } from '../../model/observation.ts';

/** An attempt that did not succeed, in terms that a diagnosis can use; `got` is what had come back by then. */
export class ProbeFailure extends Error {
  readonly kind: ErrorKind;
  readonly got: AnyAgentGot;

  constructor(kind: ErrorKind, text: string, got: AnyAgentGot = {}) {
    super(text);
    this.kind = kind;
    this.got = got;
  }
}

/** Kinds by the system's error names. A shortage on this machine says nothing about the network and is not observed. */
const kindByCode: Record<string, ErrorKind> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  EHOSTDOWN: 'no-route',
  ENETDOWN: 'no-route',
  EPERM: 'prohibited',
  EACCES: 'prohibited',
  EMSGSIZE: 'message-too-large',
  EPROTO: 'tls',
  ENOTFOUND: 'name-not-resolved',
  EAI_AGAIN: 'name-not-resolved',
  EMFILE: 'not-observed',
  ENFILE: 'not-observed',
  ENOMEM: 'not-observed',
  ENOBUFS: 'not-observed',
  EADDRNOTAVAIL: 'not-observed',
};

/** The system's name of an error, for example ECONNREFUSED; empty where it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function kindOf(code: string): ErrorKind {
  const kind = kindByCode[code];
  if (kind) return kind;
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 'tls';
  // Node's HTTP parser: whatever answered does not speak HTTP.
  if (code.startsWith('HPE_')) return 'wrong-answer';
  return 'other';
}

/**
 * Any error as a failure with a kind. An aggregate error (several addresses of one name) takes its first error's kind.
 */
export function toFailure(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return toFailure(error.errors[0]);
  return new ProbeFailure(kindOf(codeOf(error)), textOf(error));
}
