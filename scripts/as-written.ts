import { parseArgs } from 'node:util';
import { Desk } from './lib/as-written/desk.ts';
import { typeGate } from './lib/as-written/gate.ts';
import { leaveNightly, typeNightly } from './lib/as-written/nightly.ts';

// Types the commands of docs/nightly.md and docs/ci.md on a running lab as they stand there, and says how long it took
// from nothing to a night whose alerts fire: node scripts/run.js as-written --name LAB. Exit code 1 where one does not
// do what the document says. Of the lab are the image (it has no Docker and no registry), the volume (it has no
// provisioner), and where Prometheus and its Pushgateway stand (Debian's, at the lab's runner).

const { values } = parseArgs({ options: { name: { type: 'string', default: 'written' } } });
await using desk = await Desk.at(values.name);
try {
  await typeNightly(desk);
  await typeGate(desk);
} finally {
  await leaveNightly(desk);
}
process.stdout.write(`${desk.typist.failed} commands do not hold\n`);
process.exitCode = desk.typist.failed > 0 ? 1 : 0;
