// Prints the section of CHANGELOG.md for a version: node scripts/release-notes.js v1.2.3. Ends with 1 where there is
// none, or where it still says "unreleased".
import { readFileSync } from 'node:fs';

const version = process.argv[2]?.replace(/^v/, '') ?? '';
const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8');
const section = changelog.split(/^## /m).find((text) => text.split(/\s/, 1)[0] === version);
const [title = '', ...lines] = section?.split('\n') ?? [];

if (section === undefined || title.includes('unreleased')) {
  process.stderr.write(`CHANGELOG.md has no dated section for version ${version}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${lines.join('\n').trim()}\n`);
}
