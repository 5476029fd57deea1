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
});
