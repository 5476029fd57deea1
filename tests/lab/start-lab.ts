import { labUp, parseTopology } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';

// A lab brought up by a process of its own, so that a test can kill that process: start-lab.ts NAME TOPOLOGY
const [, , name = '', topology = 'small'] = process.argv;
const kit = await prepareKit({ signal: new AbortController().signal, onStep: () => {} });
await labUp({ name, topology: parseTopology(topology), kit, onProgress: (text) => process.stdout.write(`${text}\n`) });
