import { describe, expect, it } from 'vitest';
import type { SetupStep } from '../../../lab/setup/step.ts';
import { runSteps } from '../../../lab/setup/steps.ts';

/** Runs an image step and a storage step that is done for one state of the image; says which steps ran. */
async function run(image: string, storageOf: string): Promise<string[]> {
  const ran: string[] = [];
  const made = { image, storageOf };
  const steps: SetupStep[] = [
    {
      title: 'image',
      estimateMs: 1,
      isDone: async () => made.image === 'new',
      run: async () => void ([made.image] = ['new', ran.push('image')]),
    },
    {
      title: 'storage',
      estimateMs: 1,
      isDone: async () => made.storageOf === made.image,
      run: async () => void ([made.storageOf] = [made.image, ran.push('storage')]),
    },
  ];
  await runSteps(steps, () => {}, new AbortController().signal);
  return ran;
}

describe('a step of the set-up', () => {
  it('that is done is not run', async () => {
    expect(await run('new', 'new')).toEqual([]);
  });

  it('whose work an earlier step undoes is run, though it was done at first', async () => {
    expect(await run('old', 'old')).toEqual(['image', 'storage']);
  });

  it('begins its fetching beside an earlier step, and a fetching that fails stops nothing', async () => {
    const told: string[] = [];
    const fetched = Promise.withResolvers<void>();
    const steps: SetupStep[] = [
      // Ends only when the other one's fetching has begun.
      { title: 'first', estimateMs: 1, isDone: async () => false, run: () => fetched.promise },
      {
        title: 'second',
        estimateMs: 1,
        isDone: async () => false,
        fetch: async () => {
          fetched.resolve();
          throw new Error('no network');
        },
        run: async () => void told.push('second'),
      },
      {
        title: 'done before',
        estimateMs: 1,
        isDone: async () => true,
        fetch: async () => void told.push('fetched for nothing'),
        run: async () => {},
      },
    ];
    await runSteps(steps, () => {}, new AbortController().signal);
    expect(told).toEqual(['second']);
  });

  it('that fails ends the fetching of later ones', async () => {
    const ended = Promise.withResolvers<void>();
    const steps: SetupStep[] = [
      { title: 'first', estimateMs: 1, isDone: async () => false, run: () => Promise.reject(new Error('broken')) },
      {
        title: 'second',
        estimateMs: 1,
        isDone: async () => false,
        fetch: (signal) => {
          signal.addEventListener('abort', () => ended.resolve());
          return ended.promise;
        },
        run: async () => {},
      },
    ];
    await expect(runSteps(steps, () => {}, new AbortController().signal)).rejects.toThrow('first failed');
    await ended.promise;
  });
});
