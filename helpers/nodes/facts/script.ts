import { quote, SCRIPT_HEAD } from '../shell.ts';
import { hasModule } from './kernel-modules.ts';
import { NOT_APPLICABLE, type ScriptSection } from './section.ts';

const SECTION_BYTES = 1024 * 1024;
const SECTION_TIMEOUT_SECONDS = 8;
/** The shells' own figure for a command that is not there. */
const NOT_FOUND = 127;
/** EX_NOPERM of sysexits(3). */
const NOT_ROOT = 77;
/** EX_UNAVAILABLE of sysexits(3). */
const NO_MODULE = 69;
/** timeout(1)'s figure. */
const TIMED_OUT = 124;

export type SectionResult = { output: string } | { notObserved: string } | { notApplicable: true };

export const sectionBytes = ({ maxBytes = SECTION_BYTES }: ScriptSection) => maxBytes;

/**
 * One script for all sections. It writes nothing on the node. A marker that cannot occur by chance parts the sections
 * on both streams, and each section says its own exit status, so that one that fails costs no other.
 */
export function buildScript(sections: ScriptSection[], marker: string): string {
  const body = sections.map((section) => {
    const { needs, rootOnly, module, command } = section;
    const otherwise =
      module?.without === undefined ? `exit ${NO_MODULE}` : `{ echo ${quote(module.without)}; exit 0; }`;
    const guards = [
      ...(needs === undefined ? [] : [`command -v ${needs} >/dev/null || exit ${NOT_FOUND}`]),
      ...(module ? [`${hasModule(module.name)} || ${otherwise}`] : []),
      ...(rootOnly ? [`[ "$(id -u)" = 0 ] || exit ${NOT_ROOT}`] : []),
    ];
    return `section ${section.key} ${sectionBytes(section)} ${quote([...guards, command].join('; '))}`;
  });
  return `${SCRIPT_HEAD}M=${quote(marker)}
if timeout 1 true 2>/dev/null; then T='timeout ${SECTION_TIMEOUT_SECONDS}'; else T=; fi
exec 3>&1
section() {
  echo "$M begin $1"; echo "$M begin $1" >&2
  s=$({ { $R env PATH="$PATH" LC_ALL=C $T sh -c "$3" </dev/null; echo $? >&4; } | head -c "$2" >&3; } 4>&1)
  echo; echo "$M end $1 $s"
}
${body.join('\n')}
echo "$M done"
`;
}

function between(text: string, from: string, to: string): string | undefined {
  const start = text.indexOf(from);
  if (start < 0) return undefined;
  const rest = text.slice(start + from.length);
  const end = rest.indexOf(to);
  return end < 0 ? rest : rest.slice(0, end);
}

/** What one section of the script's output says. */
export function readSection(section: ScriptSection, marker: string, stdout: string, stderr: string): SectionResult {
  const { key, needs, module } = section;
  const output = between(stdout, `${marker} begin ${key}\n`, `\n${marker} end ${key} `);
  const status = Number.parseInt(between(stdout, `\n${marker} end ${key} `, '\n') ?? '', 10);
  if (output === undefined || Number.isNaN(status)) return { notObserved: 'the node did not get as far as this' };
  const said = (between(stderr, `${marker} begin ${key}\n`, `${marker} begin `) ?? '').trim().slice(0, 300);
  if (status === NOT_APPLICABLE) return { notApplicable: true };
  if (status === NOT_FOUND && needs !== undefined && said === '')
    return { notObserved: `${needs} is not installed on the node` };
  if (status === NOT_ROOT)
    return { notObserved: 'only root can read it, and sudo does not let this user in without a password' };
  if (status === NO_MODULE && module)
    return { notObserved: `reading it would make the kernel load its module ${module.name}` };
  if (status === TIMED_OUT) return { notObserved: `it took longer than ${SECTION_TIMEOUT_SECONDS} s` };
  if (Buffer.byteLength(output) >= sectionBytes(section))
    return { notObserved: `it is longer than ${sectionBytes(section)} bytes` };
  if (status !== 0) return { notObserved: `exit status ${status}${said === '' ? '' : `: ${said}`}` };
  return { output };
}
