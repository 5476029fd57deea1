import * as fc from 'fast-check';
import { Bench } from './bench.ts';
import { holdAgainstKernel } from './compare.ts';
import { kernelState, type KernelState } from './states.ts';

export interface HeldAgainstKernel {
  states: number;
  packets: number;
  /** Walks that left something open, with what. */
  open: string[];
  /** Each in words, with the smallest state that was found for it. */
  disagreements: { words: string[]; state: KernelState }[];
}

/** Routers that are tested side by side: each waits for programs most of the time. */
const BENCHES = 3;

/**
 * Makes random states of a router, sends real packets through it and compares what the walk says with what the kernel
 * did. The same seed makes the same states. Needs root; makes network namespaces of its own and removes them.
 */
export async function runAgainstKernel(states: number, seed: number): Promise<HeldAgainstKernel> {
  const held: HeldAgainstKernel = { states: 0, packets: 0, open: [], disagreements: [] };
  const one = async (at: number): Promise<void> => {
    const bench = await Bench.start();
    try {
      let words: string[] = [];
      const found = await fc.check(
        fc.asyncProperty(kernelState, async (state) => {
          const { packets, open, disagreements } = await holdAgainstKernel(bench, state);
          held.states += 1;
          held.packets += packets;
          held.open.push(...open);
          if (disagreements.length > 0) words = disagreements;
          return disagreements.length === 0;
        }),
        { numRuns: Math.ceil(states / BENCHES), seed: seed + at },
      );
      const [state] = found.counterexample ?? [];
      if (words.length === 0 && found.errorInstance) throw found.errorInstance;
      if (state) held.disagreements.push({ words, state });
    } finally {
      bench.end();
    }
  };
  await Promise.all(Array.from({ length: BENCHES }, (_, at) => one(at)));
  return held;
}
