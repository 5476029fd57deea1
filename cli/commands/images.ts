import { Command } from 'commander';
import { loadConfig } from '../../helpers/config/load.ts';

/** `netwright images`: what an air gap must mirror. */
export function imagesCommand(): Command {
  return new Command('images')
    .description('list the images that a run needs, one a line, for a registry of your own')
    .action(() => {
      const { probe } = loadConfig({ env: process.env, cwd: process.cwd() });
      process.stdout.write(`${probe.image}\n`);
      process.stderr.write(
        'That is the image of the probes, on every node (NETWRIGHT_PROBE_IMAGE; any image with Node 20 or newer will ' +
          'do, that of\nthe runner in the cluster too). Nothing else is pulled, and nothing outside is asked but ' +
          'NETWRIGHT_EXTERNAL_NAME.\n',
      );
    });
}
