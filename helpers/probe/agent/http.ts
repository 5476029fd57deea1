import type { RequestOptions } from 'node:https';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { AgentGot, Certificate } from '../../model/agent-got.ts';
import type { HttpSpec } from '../protocol.ts';
import type { AttemptContext } from './attempts.ts';
import { certificateFacts, certificateProblem } from './certificate.ts';
import { ProbeFailure } from './failure.ts';
import { exchange } from './http-exchange.ts';

/** How much of a body is kept when the probe does not say: enough for an identity or a gateway's error page. */
const DEFAULT_BODY_BYTES = 512;

const contexts = new Map<string, SecureContext>();

/** The same authorities for every connection: reading them anew for each costs more than the handshake. */
function secureContext(ca: string | undefined): SecureContext {
  const known = contexts.get(ca ?? '') ?? createSecureContext({ ca });
  contexts.set(ca ?? '', known);
  return known;
}

/**
 * One GET on a connection of its own. Any status is an answer; a certificate that does not verify is a failure of kind
 * `tls` that still tells the certificate and what was answered.
 */
export async function httpGet(spec: HttpSpec, context: AttemptContext): Promise<AgentGot['http']> {
  const {
    host,
    port,
    path,
    tls = false,
    serverName,
    ca,
    hostHeader,
    headers: more,
    anyCertificate,
    anyIssuer,
    bodyBytes = DEFAULT_BODY_BYTES,
    proxyProtocol,
  } = spec;
  let problem: string | undefined;
  let certificate: Certificate | undefined;
  const options: RequestOptions = {
    host,
    port,
    path,
    headers: { ...more, ...(hostHeader && { host: hostHeader }), 'user-agent': 'netwright' },
    ...(tls && { servername: serverName, secureContext: secureContext(ca) }),
    // Verified below: refusing here would keep back what the certificate says, and nothing secret is sent.
    rejectUnauthorized: false,
  };
  const onSecure = (socket: TLSSocket): void => {
    certificate = certificateFacts(socket);
    if (!anyCertificate) problem = certificateProblem(socket, serverName ?? host, anyIssuer);
    context.note({ certificate });
  };
  const { status, headers, body, bodyLength, localAddress } = await exchange(
    { tls, keepBytes: bodyBytes, options, onSecure, proxyProtocol },
    context,
  );
  const got = {
    status,
    headers,
    body: body.toString('utf8'),
    bodyTruncated: bodyLength > body.length,
    bodyLength,
    localAddress,
    ...(certificate && { certificate }),
  };
  if (problem !== undefined) throw new ProbeFailure('tls', problem, got);
  return got;
}
