import { createHash, createHmac } from 'node:crypto';

export interface KnownHostsEntry {
  /** 1-based, as editors count. */
  line: number;
  marker?: 'cert-authority' | 'revoked';
  /** The first field as written: comma-separated patterns, or `|1|salt|hash`. */
  hosts: string;
  keyType: string;
  key: Buffer;
}

/** A line that OpenSSH would skip without a word. */
export interface MalformedLine {
  line: number;
  why: string;
}

export interface KnownHosts {
  entries: KnownHostsEntry[];
  malformed: MalformedLine[];
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

const MARKERS: ReadonlyMap<string, 'cert-authority' | 'revoked'> = new Map([
  ['@cert-authority', 'cert-authority'],
  ['@revoked', 'revoked'],
]);
const HASHED = /^\|1\|([A-Za-z0-9+/]+={0,2})\|([A-Za-z0-9+/]+={0,2})$/;
const SSH_PORT = 22;

/** The type that a key in SSH's wire form names in its first field; undefined when there is no such field. */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 0 && 4 + length <= key.length ? key.toString('latin1', 4, 4 + length) : undefined;
}

/** The fingerprint as ssh-keygen and ssh show it: SHA-256 in base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function parseLine(text: string, line: number): KnownHostsEntry | MalformedLine {
  const fields = text.split(/[ \t]+/);
  const first = fields[0] ?? '';
  const marker = MARKERS.get(first);
  if (first.startsWith('@') && !marker)
    return { line, why: `the marker ${first} is not one of ${[...MARKERS.keys()].join(', ')}` };
  const [hosts, keyType, encoded] = marker ? fields.slice(1) : fields;
  if (!hosts || !keyType || !encoded) return { line, why: 'a line needs host names, a key type and a key' };
  if (hosts.startsWith('|') && !HASHED.test(hosts))
    return { line, why: 'the hashed host name is not of the form |1|salt|hash' };
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return { line, why: 'the key is not base64' };
  const key = Buffer.from(encoded, 'base64');
  const named = keyTypeOf(key);
  if (named === undefined) return { line, why: 'the key is cut short' };
  if (named !== keyType)
    return { line, why: `the key is of another type than ${keyType.slice(0, 40)}, which the line names` };
  return { line, ...(marker && { marker }), hosts, keyType, key };
}

/**
 * Parses OpenSSH's known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). Never throws: what cannot be read is listed by
 * line.
 */
export function parseKnownHosts(text: string): KnownHosts {
  const known: KnownHosts = { entries: [], malformed: [] };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const parsed = parseLine(line, index + 1);
    if ('key' in parsed) known.entries.push(parsed);
    else known.malformed.push(parsed);
  }
  return known;
}

/** How known_hosts calls a host: its plain name on port 22, `[host]:port` elsewhere. */
export function knownHostsName(host: string, port: number): string {
  return port === SSH_PORT ? host : `[${host}]:${port}`;
}

/** Whether a name is what a pattern of OpenSSH means, with `*` and `?`. */
export function patternMatches(pattern: string, name: string): boolean {
  const expression = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    // A run of stars means one star; left as it is, it would make the expression slow.
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 's').test(name);
}

function hostsMatch(hosts: string, name: string): boolean {
  const hashed = HASHED.exec(hosts);
  if (hashed)
    return createHmac('sha1', Buffer.from(hashed[1] ?? '', 'base64'))
      .update(name)
      .digest()
      .equals(Buffer.from(hashed[2] ?? '', 'base64'));
  const patterns = hosts.split(',').filter((pattern) => pattern !== '');
  // One refused name refuses the line, whatever else it lists.
  if (patterns.some((pattern) => pattern.startsWith('!') && patternMatches(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && patternMatches(pattern, name));
}

/** The entries of every kind that speak of this host on this port. */
export function entriesFor(known: KnownHosts, host: string, port: number): KnownHostsEntry[] {
  const name = knownHostsName(host, port).toLowerCase();
  return known.entries.filter(({ hosts }) => hostsMatch(hosts, name));
}

/** The keys a host may show: neither revoked nor those of certificate authorities. */
export function trustedKeys(known: KnownHosts, host: string, port: number): KnownHostsEntry[] {
  const own = entriesFor(known, host, port).filter(({ marker }) => marker === undefined);
  if (own.length > 0 || port === SSH_PORT) return own;
  // As ssh does: a host known by its plain name is the same host on another port.
  return entriesFor(known, host, SSH_PORT).filter(({ marker }) => marker === undefined);
}

/**
 * What known_hosts says of a key (in SSH's wire form) that a host showed. `changed` means that another key of the same
 * type is known for the host; a key of a type that is not known for it is `unknown`, as it is to ssh.
 */
export function checkHostKey(known: KnownHosts, host: string, port: number, rawKey: Buffer): HostKeyVerdict {
  const revoked = [...entriesFor(known, host, port), ...entriesFor(known, host, SSH_PORT)].some(
    ({ marker, key }) => marker === 'revoked' && key.equals(rawKey),
  );
  if (revoked) return 'revoked';
  const trusted = trustedKeys(known, host, port);
  if (trusted.some(({ key }) => key.equals(rawKey))) return 'known';
  const type = keyTypeOf(rawKey);
  const sameType = entriesFor(known, host, port).some(
    ({ marker, keyType }) => marker === undefined && keyType === type,
  );
  return sameType ? 'changed' : 'unknown';
}
