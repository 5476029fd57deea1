import { ExitCode } from './exit-code.ts';
import type { ErrorDocument } from './document.ts';

/** SSH to nodes; a jump host has the same codes with `ssh-jump-` in place of `ssh-`. */
export const sshErrors = {
  'ssh-host-key-unknown': {
    exit: ExitCode.inconclusive,
    meaning: "the host's key is not in the known hosts: refused, always",
    remedy: 'compare the fingerprint on the console, then add the key',
  },
  'ssh-host-key-changed': {
    exit: ExitCode.inconclusive,
    meaning: 'the host shows another key than the known one: refused, always',
    remedy: 'find out why; if the host was reinstalled, replace the key',
  },
  'ssh-host-key-revoked': {
    exit: ExitCode.inconclusive,
    meaning: 'the known hosts say that the key is revoked: refused, always',
    remedy: 'do not connect',
  },
  'ssh-unreachable': {
    exit: ExitCode.inconclusive,
    meaning: 'no TCP connection came about',
    remedy: 'check that sshd listens and that no firewall is between',
  },
  'ssh-hanging': {
    exit: ExitCode.inconclusive,
    meaning: 'the host takes the connection and says nothing more',
    remedy: 'look at its load and its disk from the console',
  },
  'ssh-handshake-failed': {
    exit: ExitCode.inconclusive,
    meaning: 'the SSH handshake failed',
    remedy: 'see what `ssh -v` says',
  },
  'ssh-auth-failed': {
    exit: ExitCode.inconclusive,
    meaning: "the host refuses the user's keys",
    remedy: 'check `NETWRIGHT_SSH_USER`, the key, and `authorized_keys` there',
  },
  'ssh-forwarding-refused': {
    exit: ExitCode.inconclusive,
    meaning: 'the jump host does not let connections through',
    remedy: 'allow TCP forwarding for this user in its sshd',
  },
  'ssh-aborted': { exit: ExitCode.interrupted, meaning: 'interrupted while connecting', remedy: '' },
  'ssh-no-identity': {
    exit: ExitCode.inconclusive,
    meaning: 'there is neither a key nor an agent',
    remedy: 'set `NETWRIGHT_SSH_KEY`, or start an agent',
  },
  'ssh-key-unreadable': {
    exit: ExitCode.inconclusive,
    meaning: 'the private key cannot be read, or is of no known format',
    remedy: 'name another',
  },
  'ssh-key-passphrase': {
    exit: ExitCode.inconclusive,
    meaning: 'the private key is protected by a passphrase',
    remedy: 'give it to an agent: `ssh-add`',
  },
  'ssh-known-hosts-unreadable': {
    exit: ExitCode.inconclusive,
    meaning: 'the known hosts file cannot be read',
    remedy: 'set `NETWRIGHT_SSH_KNOWN_HOSTS`',
  },
} as const satisfies Record<string, ErrorDocument>;
