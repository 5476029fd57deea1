const REDACTED = '[redacted]';

/**
 * Names whose value is, or may hold, a secret: tokens, passwords, key material, and K3s' datastore endpoint with its
 * password.
 */
const SECRET_NAME = new RegExp(
  [
    'token',
    'secret',
    'passw',
    'passphrase',
    'private[-_]?key',
    'psk',
    'credential',
    'bearer',
    'authorization',
    'access[-_]?key',
    'key[-_]?data',
    String.raw`etcd[-_]?key\b`,
    'encryption[-_]?key',
    'api[-_]?key',
    'datastore[-_]?endpoint',
  ].join('|'),
  'i',
);

/** Counters of the kernel's MPTCP, as `nstat` and a node's exporter name them. */
const COUNTER = /(?:^|_)MP(?:Fallback|Join|Capable)[A-Za-z]*Token[A-Za-z]*$/;

const isSecret = (name: string): boolean => SECRET_NAME.test(name) && !COUNTER.test(name);

/** Things that are secret whatever they are called. */
const SECRET_SHAPES: [RegExp, string][] = [
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, `${REDACTED} private key`],
  // K3s' own tokens: K10<hash of the CA>::<user>:<password>.
  [/\bK10[0-9a-f]{16,}(?:::[^\s"']+)?/g, REDACTED],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, REDACTED],
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, REDACTED],
  [/\/\/[^\s/@:"']+:[^\s/@"']+@/g, `//${REDACTED}@`],
  [/\b(Bearer|Basic)\s+[\w+/=.-]{8,}/gi, `$1 ${REDACTED}`],
];

/** `--token abc`, `--token=abc`: an argument of a command line, not the end of a name with dashes. */
const SECRET_ARGUMENT = /(?<![\w-])(--?[\w-]+)(=|\s+)("[^"]*"|'[^']*'|\S+)/g;
/** `"--token","abc"`: the same in a list of JSON, as K3s' annotations have it. */
const JSON_ARGUMENT = /("(--?[\w-]+)"\s*,\s*)"(?:[^"\\]|\\.)*"/g;
/** `token: abc`, `"token": "abc"`, `TOKEN=abc`. */
const ASSIGNMENT = /^(\s*(?:-\s+)?(?:export\s+)?["']?([\w.-]+)["']?\s*[:=]\s*)(.*)$/;
/** The same within a line of JSON. */
const JSON_MEMBER = /("([\w.-]+)"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** `token=abc`, `password: abc` within a line, as events and answers have it; a value in JSON is the one before's. */
const INLINE = new RegExp(
  String.raw`(?<![\w.-])([\w.-]*(?:${SECRET_NAME.source})[\w.-]*)(\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&"']+)`,
  'gi',
);

const indentOf = (line: string) => line.length - line.trimStart().length;

function redactLines(text: string): string {
  let under: number | undefined;
  const lines = text.split('\n').map((line) => {
    // What is indented under a secret name (a YAML block or list) belongs to it.
    if (
      under !== undefined &&
      (line.trim() === '' || indentOf(line) > under || (indentOf(line) === under && line.trim().startsWith('- ')))
    )
      return line.trim() === '' ? line : `${line.slice(0, indentOf(line))}${REDACTED}`;
    under = undefined;
    const assigned = ASSIGNMENT.exec(line);
    if (!assigned || !isSecret(assigned[2] ?? '')) return line;
    const value = (assigned[3] ?? '').trim();
    if (/^(?:[|>][-+\d]*)?$/.test(value)) {
      under = indentOf(line);
      return line;
    }
    return `${assigned[1] ?? ''}${REDACTED}${value.endsWith(',') ? ',' : ''}`;
  });
  return lines.join('\n');
}

/** Takes everything out of a text that looks like a secret. What is left keeps its lines. */
export function redactText(text: string): string {
  let clean = text;
  for (const [shape, instead] of SECRET_SHAPES) clean = clean.replace(shape, instead);
  clean = clean.replace(JSON_MEMBER, (whole, head: string, name: string) =>
    isSecret(name) ? `${head}"${REDACTED}"` : whole,
  );
  clean = clean.replace(JSON_ARGUMENT, (whole, head: string, name: string) =>
    isSecret(name) ? `${head}"${REDACTED}"` : whole,
  );
  clean = redactLines(clean);
  clean = clean.replace(INLINE, (whole, name: string, between: string, value: string) =>
    isSecret(name) && !/^(?:[|>][-+\d]*|Bearer|Basic|\[redacted\])$/i.test(value)
      ? `${name}${between}${REDACTED}`
      : whole,
  );
  return clean.replace(SECRET_ARGUMENT, (whole, name: string, between: string) =>
    isSecret(name) ? `${name}${between}${REDACTED}` : whole,
  );
}

/** The same for parsed values: texts anywhere in them, and whatever stands under a secret name. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecret(name) && inner !== null && typeof inner !== 'boolean' ? REDACTED : redact(inner),
    ]),
  );
}
