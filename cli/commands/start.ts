import { Command } from 'commander';
import { labDown, labUp } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { onInterrupt } from '../../helpers/run/interrupts.ts';
import { runInsideLab } from '../lab-target.ts';
import { printLookAround } from '../look-around.ts';

/** `netwright start`: set-up, a small lab, one gate run against it, and the lab is taken down again. */
export function startCommand(): Command {
  return new Command('start')
    .description('bring up a lab cluster, run the gate profile on it, say what was found, take it down')
    .option('--keep', 'leave the lab up and say how to look around')
    .option('--name <name>', "the lab's name", 'netwright')
    .option('--topology <topology>', 'small, incident, or a number of nodes', 'small')
    .option('--json', 'print report.json in place of the summary')
    .action(
      async ({ keep, name, topology, json }: { keep?: boolean; name: string; topology: string; json?: boolean }) => {
        const interrupts = onInterrupt();
        const { signal } = interrupts;
        try {
          const kit = await prepareKit({ signal });
          await labUp({
            name,
            topology: topologyOf(topology),
            kit,
            signal,
            onProgress: (text) => process.stderr.write(`${text}\n`),
          });
          try {
            process.exitCode = await runInsideLab(name, [
              'run',
              '--in-runner',
              '--profile',
              'gate',
              ...(json ? ['--json'] : []),
            ]);
          } finally {
            if (keep && !signal.aborted) await printLookAround(name);
            else await labDown(name);
          }
        } finally {
          interrupts.release();
        }
      },
    );
}

function topologyOf(text: string): 'small' | 'incident' | number {
  return text === 'small' || text === 'incident' ? text : Number(text);
}
