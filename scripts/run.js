// Runs a script of this folder: node scripts/run.js NAME [ARGUMENT...]. Works on a machine that has only Node and npm.
import { runFromCheckout } from './lib/checkout.js';

const [name, ...args] = process.argv.slice(2);
runFromCheckout(`scripts/${name}.ts`, args);
