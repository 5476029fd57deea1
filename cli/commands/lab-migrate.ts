import { Command, Option } from 'commander';
import { onInterrupt } from '../../helpers/run/interrupts.ts';
import { HALF_WAY, halfWayOf } from '../../lab/migrate/half-way.ts';
import { checkMigration, migrateBack, migrateLab } from '../../lab/migrate/index.ts';
import type { Network } from '../../lab/migrate/record.ts';
import { prepareKit } from '../../lab/setup/index.ts';

interface Options {
  name: string;
  to: Network;
  stopAt?: string;
  clean?: boolean;
  back?: boolean;
}

const onProgress = (text: string): void => void process.stderr.write(`${text}\n`);

async function migrate({ name, to, stopAt, clean, back }: Options): Promise<void> {
  if (back) {
    await migrateBack(name, onProgress);
    process.stdout.write(`the lab ${name} has flannel again\n`);
    return;
  }
  const state = halfWayOf(stopAt);
  const settings = { ...(await checkMigration(name)), network: to };
  const interrupts = onInterrupt();
  try {
    const kit = await prepareKit({ signal: interrupts.signal, settings });
    const isRolledOut = await migrateLab({ name, to, kit, state, clean, onProgress, signal: interrupts.signal });
    const how = state ? `half: ${state.meaning}` : 'as a whole';
    process.stdout.write(`the lab ${name} was switched to ${to}, ${how}\n`);
    if (!isRolledOut) process.stdout.write('not all workloads have rolled out\n');
  } finally {
    interrupts.release();
  }
}

const states = HALF_WAY.map(({ name, meaning }) => `  ${name.padEnd(24)} ${meaning}`).join('\n');

/** `netwright lab migrate`: the switch of a running lab from flannel to Calico, whole or half. */
export function labMigrateCommand(): Command {
  return new Command('migrate')
    .description('switch a running lab from flannel to Calico, as the incident did it')
    .option('--name <name>', "the lab's name", 'netwright')
    .addOption(
      new Option('--to <network>', 'the new network').choices(['calico-ipip', 'calico-vxlan']).default('calico-ipip'),
    )
    .option('--stop-at <state>', 'leave it in a half-way state, of those below')
    .option('--clean', 'take away what flannel leaves: devices, routes, rules')
    .option('--back', 'undo the switch')
    .addHelpText('after', `\nHalf-way states:\n${states}`)
    .action(migrate);
}
