import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { read, root } from './generated/document.ts';
import { GENERATED } from './generated/index.ts';

// Writes what is generated from the sources: npm run docs. tests/unit/docs/generated.test.ts holds the files to it.

for (const { file, text } of GENERATED) {
  const wanted = text();
  if (read(file) === wanted) continue;
  writeFileSync(join(root, file), wanted);
  process.stdout.write(`${file}\n`);
}
