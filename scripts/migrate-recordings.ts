import { fileURLToPath } from 'node:url';
import { readRecorded, writeRecorded } from '../lab/accuracy/recorded.ts';

// Writes the recorded sets anew in the version of today's observations: node scripts/migrate-recordings.ts [FOLDER].
// Sets of an older version are upgraded as `netwright diagnose` upgrades them; those of today's stay as they are.

const folder = process.argv[2] ?? fileURLToPath(new URL('../tests/unit/diagnose/recorded', import.meta.url));
const sets = await readRecorded(folder);
for (const set of sets) await writeRecorded(folder, set);
process.stdout.write(`${sets.length} sets written in ${folder}\n`);
