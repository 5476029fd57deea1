import { Command } from 'commander';
import { faultsInForce, healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { FAULTS } from '../../lab/faults/index.ts';
import type { InForce } from '../../lab/faults/lib/types.ts';

const OPTIONS = { none: '', node: '[--node NODE]', pair: '[--from NODE --to NODE]' } as const;

const describe = ({ id, where }: InForce): string =>
  [id, ...Object.entries(where).map(([what, name]) => `${what} ${name}`)].join(', ');

function print(faults: InForce[], json: boolean | undefined, none: string): void {
  if (json) process.stdout.write(`${JSON.stringify(faults, undefined, 2)}\n`);
  else process.stdout.write(faults.length > 0 ? `${faults.map(describe).join('\n')}\n` : `${none}\n`);
}

function listCommand(): Command {
  return new Command('list')
    .description('list the faults that a lab can have, or those that it has')
    .option('--name <name>', 'list what is in force in this lab')
    .option('--json', 'as JSON')
    .action(async ({ name, json }: { name?: string; json?: boolean }) => {
      if (name !== undefined) {
        print(await faultsInForce(name), json, 'no fault is in force');
        return;
      }
      const known = FAULTS.map(({ id, code, title, takes }) => ({ id, code, title, takes }));
      process.stdout.write(
        json
          ? `${JSON.stringify(known, undefined, 2)}\n`
          : known
              .map(({ id, title, takes }) => `${[id, OPTIONS[takes]].filter(Boolean).join(' ')}\n    ${title}\n`)
              .join(''),
      );
    });
}

/** `netwright lab fault list|inject|heal`: breaks a running lab in a known way, and mends it. */
export function labFaultCommand(): Command {
  return new Command('fault')
    .description('break a running lab in a known way, and fix it again')
    .addCommand(listCommand())
    .addCommand(
      new Command('inject')
        .description('put a fault into a lab, beside those that it has')
        .argument('<id>', 'as lab fault list names it')
        .option('--name <name>', "the lab's name", 'netwright')
        .option('--from <node>', 'of a fault between two nodes: the sender (default: a worker)')
        .option('--to <node>', 'of a fault between two nodes: the receiver (default: a worker)')
        .option('--node <node>', 'of a fault of one node: the node (default: the last worker)')
        .option('--json', 'as JSON')
        .action(
          async (
            id: string,
            { name, json, ...where }: { name: string; json?: boolean; from?: string; to?: string; node?: string },
          ) => {
            print([await injectFault(name, id, where)], json, '');
          },
        ),
    )
    .addCommand(
      new Command('heal')
        .description('fix every fault of a lab, newest first, and wait until it is sound')
        .option('--name <name>', "the lab's name", 'netwright')
        .option('--json', 'as JSON')
        .action(async ({ name, json }: { name: string; json?: boolean }) =>
          print(await healFaults(name), json, 'no fault was in force'),
        ),
    );
}
