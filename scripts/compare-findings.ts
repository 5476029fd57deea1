import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

// Diagnoses every recorded set with the code of another commit and with this checkout's, each with its own recordings,
// and prints what differs: node scripts/compare-findings.ts [COMMIT]. Exit code 1 where something does.

const root = fileURLToPath(new URL('..', import.meta.url));
const commit = process.argv[2] ?? '54e6bf8';

/** Runs in the tree that is looked at, so it may import nothing but what every version of it has. */
const DUMP = `
  const { diagnose } = await import('./helpers/diagnose/index.ts');
  const { readRecorded, withoutSsh } = await import('./lab/accuracy/recorded.ts');
  const sets = await readRecorded('tests/unit/diagnose/recorded');
  const brief = (observations) => diagnose(observations).findings.map(({ code, confidence, locations, evidence }) => ({
    code,
    confidence,
    locations,
    cited: [...new Set(evidence.flatMap(({ observations }) => observations))].toSorted(),
  }));
  process.stdout.write(JSON.stringify(sets.flatMap(({ scenario, observations }) => [
    [scenario, brief(observations)],
    [scenario + ', without SSH', brief(withoutSsh(observations))],
  ])));
`;

interface Brief {
  code: string;
  confidence: string;
  locations: object[];
  cited: string[];
}

async function findingsOf(tree: string): Promise<Map<string, Brief[]>> {
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', DUMP], {
    cwd: tree,
    maxBuffer: 1e9,
  });
  return new Map(JSON.parse(stdout) as [string, Brief[]][]);
}

async function findingsAt(revision: string): Promise<Map<string, Brief[]>> {
  const tree = await mkdtemp(join(tmpdir(), 'netwright-compare-'));
  try {
    await execa('git', ['worktree', 'add', '--quiet', '--detach', '--force', tree, revision], { cwd: root });
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    return await findingsOf(tree);
  } finally {
    await execa('git', ['worktree', 'remove', '--force', tree], { cwd: root, reject: false });
    await rm(tree, { recursive: true, force: true });
  }
}

const nameOf = ({ code, confidence, locations }: Brief): string =>
  `${confidence} ${code} at ${JSON.stringify(locations)}`;

/** What one has and the other has not, a line each. */
function differences(before: Brief[], after: Brief[]): string[] {
  const was = new Map(before.map((finding) => [nameOf(finding), finding]));
  const is = new Map(after.map((finding) => [nameOf(finding), finding]));
  const gone = [...was.keys()].filter((name) => !is.has(name)).map((name) => `- ${name}`);
  const added = [...is.keys()].filter((name) => !was.has(name)).map((name) => `+ ${name}`);
  const cited = [...is].flatMap(([name, { cited: now }]) => {
    const then = was.get(name)?.cited;
    if (!then || then.join() === now.join()) return [];
    const lost = then.filter((id) => !now.includes(id));
    const found = now.filter((id) => !then.includes(id));
    return [
      `~ ${name} cites other observations: no longer ${lost.join() || 'none'}, now also ${found.join() || 'none'}`,
    ];
  });
  return [...gone, ...added, ...cited];
}

const [before, after] = [await findingsAt(commit), await findingsOf(root)];
const names = [...new Set([...before.keys(), ...after.keys()])];
const changed = names.flatMap((name) => {
  const lines = differences(before.get(name) ?? [], after.get(name) ?? []);
  return lines.length > 0 ? [`${name}\n${lines.map((line) => `  ${line}`).join('\n')}`] : [];
});
process.stdout.write(
  `${changed.map((text) => `${text}\n`).join('')}${names.length} diagnoses, ${changed.length} differ\n`,
);
process.exitCode = changed.length > 0 ? 1 : 0;
