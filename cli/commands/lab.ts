import { Command } from 'commander';
import { attach, inNode, runningNode, sshCommand } from '../../lab/enter.ts';
import {
  labDown,
  labStatus,
  labUp,
  listLabs,
  MAKES,
  parseMakes,
  parseTopology,
  type LabStatus,
} from '../../lab/index.ts';
import { checkLabName } from '../../lab/paths.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { onInterrupt } from '../../helpers/run/interrupts.ts';
import { labFaultCommand } from './lab-fault.ts';
import { labMigrateCommand } from './lab-migrate.ts';

interface Named {
  name: string;
}

const named = (command: Command): Command => command.option('--name <name>', "the lab's name", 'netwright');

function statusText({ name, topology, phase, runner, fabric, edge, kubeconfig, nodes }: LabStatus): string {
  const rows = nodes.map(
    (node) =>
      `  ${node.name.padEnd(16)} ${node.role.padEnd(7)} ${node.address.padEnd(12)} ` +
      `${node.pid === null ? 'not running' : `pid ${node.pid}`.padEnd(12)} ${node.namespace}`,
  );
  return [
    `lab ${name}: ${phase}, topology ${topology}`,
    ...rows,
    `  fabric ${fabric}, runner ${runner}, load balancer ${edge.loadBalancer}`,
    `  kubeconfig ${kubeconfig}`,
    '',
  ].join('\n');
}

interface UpOptions extends Named {
  topology: string;
  make: string;
  network?: string;
  light?: boolean;
}

async function up({ name, topology, make, network, light }: UpOptions): Promise<void> {
  const interrupts = onInterrupt();
  try {
    const spec = parseTopology(topology);
    const settings = parseMakes(
      [make, ...(network ? [`network=${network}`] : []), ...(light ? ['nodes=light'] : [])].join(','),
    );
    checkLabName(name);
    const kit = await prepareKit({ signal: interrupts.signal, settings });
    const startedAt = performance.now();
    const started = await labUp({
      name,
      topology: spec,
      settings,
      kit,
      signal: interrupts.signal,
      onProgress: (text) => process.stderr.write(`${text}\n`),
    });
    process.stderr.write(`up in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
    process.stdout.write(statusText(started));
  } finally {
    interrupts.release();
  }
}

async function down({ name }: Named): Promise<void> {
  const found = await labDown(name);
  process.stdout.write(found ? `the lab ${name} is down\n` : `there is no lab named ${name}\n`);
}

async function status({ name, json }: Named & { json?: boolean }): Promise<void> {
  const found = await labStatus(name);
  process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : statusText(found));
}

/** `netwright lab …`: the embedded cluster, and the ways into it. */
export function labCommand(): Command {
  const lab = new Command('lab').description('a real Kubernetes cluster in network namespaces of this machine');
  named(
    lab
      .command('up')
      .description('bring a lab up')
      .option('--topology <topology>', 'small (1 + 2 nodes), incident (3 + 5), or a number of nodes', 'small')
      .option('--make <makes>', 'in what it differs from the usual lab: KEY=VALUE,… (netwright lab makes)', '')
      .option('--network <network>', 'short for the make network: flannel, calico-vxlan, calico-ipip, calico-bgp')
      .option('--light', 'short for the make nodes=light: many nodes, without kubelet and container runtime'),
  ).action(up);
  lab
    .command('makes')
    .description('in what a lab can differ from the usual one')
    .action(() => {
      process.stdout.write(
        MAKES.map(({ key, values, meaning }) => `${key.padEnd(12)} ${values.padEnd(20)} ${meaning}\n`).join(''),
      );
    });
  named(lab.command('down').description('take a lab down, and leave nothing of it')).action(down);
  named(
    lab.command('status').description('its nodes, addresses, namespaces and files').option('--json', 'as JSON'),
  ).action(status);
  lab
    .command('list')
    .description('names of the labs on this machine')
    .action(async () => {
      process.stdout.write((await listLabs()).map((name) => `${name}\n`).join(''));
    });
  named(lab.command('kubeconfig').description('path of its kubeconfig')).action(async ({ name }: Named) => {
    const { kubeconfig, runner } = await labStatus(name);
    process.stdout.write(`${kubeconfig}\n`);
    // From anywhere else the lab's addresses are somebody else's, who would be sent its credentials.
    process.stderr.write(`for use in the lab alone: ip netns exec ${runner} kubectl --kubeconfig ${kubeconfig}\n`);
  });
  named(lab.command('exec').description('run a command on a node').argument('<node>').argument('<command...>')).action(
    async (node: string, argv: string[], { name }: Named) => {
      process.exitCode = await attach(inNode(await runningNode(name, node), argv));
    },
  );
  named(lab.command('shell').description('a shell on a node').argument('<node>')).action(
    async (node: string, { name }: Named) => {
      process.exitCode = await attach(inNode(await runningNode(name, node), ['bash']));
    },
  );
  named(lab.command('ssh').description('log in to a node by SSH').argument('<node>').argument('[command...]')).action(
    async (node: string, argv: string[], { name }: Named) => {
      process.exitCode = await attach(await sshCommand(name, node, argv));
    },
  );
  return lab.addCommand(labFaultCommand()).addCommand(labMigrateCommand());
}
