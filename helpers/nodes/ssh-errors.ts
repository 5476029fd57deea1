import { NetwrightError, type ExitCodeValue } from '../errors.ts';
import type { SshTrouble } from '../errors/codes.ts';
import {
  entriesFor,
  fingerprint,
  keyTypeOf,
  knownHostsName,
  trustedKeys,
  type HostKeyVerdict,
  type KnownHosts,
} from './known-hosts.ts';

/** One machine on the way to a node: the jump host, or the node itself. */
export interface Hop {
  host: string;
  port: number;
  user: string;
  isJump: boolean;
}

/** The step that failed: it distinguishes a closed port from a silent host. */
export type SshPhase = 'tcp' | 'handshake' | 'authentication';

interface Trouble {
  code: SshTrouble;
  message: string;
  hint?: string;
  cause?: unknown;
  exitCode?: ExitCodeValue;
}

const nameOf = ({ host, port, isJump }: Hop) => `${isJump ? 'the jump host ' : ''}${knownHostsName(host, port)}`;

/** An error of SSH's that names its hop: the codes of a jump host's troubles begin with `ssh-jump-`. */
export function sshError(hop: Hop, { code, message, ...rest }: Trouble): NetwrightError {
  return new NetwrightError(`SSH to ${nameOf(hop)}: ${message}`, {
    code: `ssh-${hop.isJump ? 'jump-' : ''}${code}`,
    ...rest,
  });
}

function fileRemark(known: KnownHosts, hop: Hop, path: string): string {
  const authority = entriesFor(known, hop.host, hop.port).some(({ marker }) => marker === 'cert-authority');
  const [first, ...more] = known.malformed;
  return [
    ...(authority
      ? [
          ' A certificate authority vouches for the host there, which Netwright cannot check: it needs the host ' +
            'key itself.',
        ]
      : []),
    ...(first
      ? [
          ` Line ${first.line} of ${path} was skipped: ` +
            `${first.why}${more.length > 0 ? ` (and ${more.length} more)` : ''}.`,
        ]
      : []),
  ].join('');
}

/** Why a host's key was refused. There is no way around it but the known_hosts file. */
export function hostKeyError(
  verdict: Exclude<HostKeyVerdict, 'known'>,
  hop: Hop,
  known: KnownHosts,
  path: string,
  key: Buffer,
): NetwrightError {
  const { host, port } = hop;
  const type = keyTypeOf(key) ?? 'unknown';
  const shown = `${type} ${fingerprint(key)}`;
  const trusted = trustedKeys(known, host, port);
  const expected = trusted
    .filter(({ keyType }) => keyType === type)
    .map((entry) => `${fingerprint(entry.key)} (line ${entry.line})`);
  const scan = `ssh-keyscan -H ${port === 22 ? '' : `-p ${port} `}${host} >> ${path}`;
  if (verdict === 'revoked') {
    return sshError(hop, {
      code: 'host-key-revoked',
      message: `its host key ${shown} is revoked in ${path}`,
      hint: 'do not connect: whoever marked the key as revoked no longer trusts who holds it',
    });
  }
  if (verdict === 'changed') {
    return sshError(hop, {
      code: 'host-key-changed',
      message: `its host key is not the one in ${path}: it shows ${shown}, known is ${expected.join(', ')}`,
      hint:
        `if the host was reinstalled, compare the fingerprint on its console, then: ssh-keygen -f ${path} -R ` +
        `'${knownHostsName(host, port)}' && ${scan}; if it was not, someone answers in its place`,
    });
  }
  const otherTypes = [...new Set(trusted.map(({ keyType }) => keyType))];
  const knownBy = otherTypes.length > 0 ? `, which knows the host by ${otherTypes.join(', ')} alone` : '';
  return sshError(hop, {
    code: 'host-key-unknown',
    message: `its host key ${shown} is not in ${path}${knownBy}.` + fileRemark(known, hop, path),
    hint:
      `compare the fingerprint on the host's console (ssh-keygen -lf ` +
      `/etc/ssh/ssh_host_${type.replace(/^ssh-|-sha2-.*$/g, '')}_key.pub), then: ${scan} ` +
      '(NETWRIGHT_SSH_KNOWN_HOSTS names another file)',
  });
}

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name could not be resolved just now',
  EACCES: 'sending is forbidden here',
};

const unreachableHint = ({ host, port, isJump }: Hop) =>
  `check that sshd listens there and that no firewall is between: nc -vz ${host} ${port}; ` +
  (isJump
    ? 'NETWRIGHT_SSH_JUMP names the jump host, as user@host:port'
    : 'NETWRIGHT_SSH_PORT is another port, NETWRIGHT_SSH_JUMP the host by which nodes are reached');

/** No TCP connection came about, or it broke before a word of SSH was said. */
export function unreachableError(hop: Hop, why: string, cause?: unknown): NetwrightError {
  return sshError(hop, { code: 'unreachable', message: why, hint: unreachableHint(hop), cause });
}

/** It was not ready in time. The meaning depends on how far it came. */
export function timeoutError(hop: Hop, phase: SshPhase, timeoutMs: number): NetwrightError {
  if (phase === 'tcp') return unreachableError(hop, `no TCP connection within ${timeoutMs} ms`);
  const message =
    phase === 'handshake'
      ? `it took the connection and did not finish the handshake within ${timeoutMs} ms`
      : `it did not answer the authentication within ${timeoutMs} ms`;
  return sshError(hop, {
    code: 'hanging',
    message,
    hint: 'the host is overloaded, or what listens there is not sshd: look at its load and its disk from the console',
  });
}

export function abortedError(hop: Hop): NetwrightError {
  return sshError(hop, { code: 'aborted', message: 'interrupted while connecting' });
}

/**
 * Names what ssh2 reports (its errors carry a `level`, and a system `code` for sockets). `agentTrouble` is what the
 * agent said before.
 */
export function connectError(
  hop: Hop,
  phase: SshPhase,
  timeoutMs: number,
  cause: Error & { level?: string; code?: unknown },
  identities: string,
  agentTrouble?: string,
): NetwrightError {
  if (cause.level === 'client-timeout') return timeoutError(hop, phase, timeoutMs);
  if (cause.level === 'client-authentication' || (phase === 'authentication' && cause.level !== 'client-socket')) {
    const agent = agentTrouble ? ` (${agentTrouble})` : '';
    const why = cause.level === 'client-authentication' ? '' : `: ${cause.message}`;
    return sshError(hop, {
      code: 'auth-failed',
      message: `the user ${hop.user} was refused with ${identities}${agent}${why}`,
      hint:
        `try the same by hand: ssh -p ${hop.port} ${hop.user}@${hop.host} true; ` +
        (hop.isJump
          ? 'NETWRIGHT_SSH_JUMP names its user, as user@host:port'
          : 'NETWRIGHT_SSH_USER is the user, NETWRIGHT_SSH_KEY the key'),
      cause,
    });
  }
  if (phase === 'tcp') return unreachableError(hop, UNREACHABLE[String(cause.code)] ?? cause.message, cause);
  return sshError(hop, {
    code: 'handshake-failed',
    message: cause.message,
    hint: `see what ssh says: ssh -v -p ${hop.port} ${hop.user}@${hop.host} true`,
    cause,
  });
}
