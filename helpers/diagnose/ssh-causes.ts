import { catalogue } from './catalogue/index.ts';

/** How many causes there are, and how many of them what SSH reads settles: without it they may stay candidates. */
export const sshCauses = (): { settled: number; all: number } => ({
  settled: catalogue.filter(({ sets = [] }) => sets.length > 0).length,
  all: catalogue.length,
});
