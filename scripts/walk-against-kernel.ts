import { runAgainstKernel } from '../tests/support/walk/run.ts';

// node scripts/run.js walk-against-kernel [STATES] [SEED]: holds the walk of packets against the kernel, as root.

const STATES = 5000;
const [states = STATES, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);

const held = await runAgainstKernel(states, seed);
const reasons = Map.groupBy(held.open, (why) => why.replace(/:.*/s, ''));
console.log(
  `seed ${seed}: ${held.states} states, ${held.packets} packets, ${held.disagreements.length} disagreements, ` +
    `${held.open.length} walks left open (${((100 * held.open.length) / held.packets).toFixed(1)} %)`,
);
for (const [why, all] of [...reasons].toSorted(([, a], [, b]) => b.length - a.length))
  console.log(`  ${all.length} × ${why}`);
for (const { words, state } of held.disagreements) console.log(words.join('\n'), JSON.stringify(state, null, 2));
process.exitCode = held.disagreements.length > 0 ? 1 : 0;
