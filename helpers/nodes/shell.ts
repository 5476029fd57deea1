/** A word that any POSIX shell reads as it is. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Where programs of the system and those that K3s brings are. */
const SYSTEM_FOLDERS = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/usr/local/bin',
  '/var/lib/rancher/k3s/data/current/bin',
  '/var/lib/rancher/k3s/data/current/bin/aux',
];

/**
 * Start of every script that we run on a node: messages in English, system programs found (a session without log-in
 * lacks sbin), and `$R` before what needs root: nothing for root, else sudo where it asks for no password, else
 * nothing.
 */
export const SCRIPT_HEAD = `export LC_ALL=C PATH="$PATH:${SYSTEM_FOLDERS.join(':')}"
R=
if [ "$(id -u)" != 0 ] && sudo -n true </dev/null >/dev/null 2>&1; then R='sudo -n'; fi
`;
