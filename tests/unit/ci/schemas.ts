import { z } from 'zod';

// The parts of GitHub's and GitLab's formats that ours use, strict: a key that is none of theirs is refused.

const text = z.union([z.string(), z.number(), z.boolean()]);
const texts = z.record(z.string(), text);

const step = z
  .strictObject({
    name: z.string().optional(),
    id: z.string().optional(),
    if: z.string().optional(),
    uses: z
      .string()
      .regex(/^[\w.-]+\/[\w./-]+@v\d+$/)
      .optional(),
    with: texts.optional(),
    env: texts.optional(),
    shell: z.enum(['bash', 'sh']).optional(),
    run: z.string().optional(),
    'working-directory': z.string().optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'a step uses something or runs something');

/** metadata-syntax-for-github-actions: every run step of a composite action names its shell. */
export const compositeAction = z.strictObject({
  name: z.string(),
  description: z.string(),
  author: z.string(),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(
    z.string(),
    z.strictObject({ description: z.string(), required: z.boolean(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({
    using: z.literal('composite'),
    steps: z.array(step.refine(({ run, shell }) => run === undefined || shell !== undefined, 'a step without a shell')),
  }),
});

/** workflow-syntax-for-github-actions, of a workflow that others call. */
export const calledWorkflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    workflow_call: z.strictObject({
      inputs: z.record(
        z.string(),
        z.strictObject({
          description: z.string(),
          type: z.enum(['string', 'boolean', 'number']),
          default: text.optional(),
        }),
      ),
      secrets: z.record(z.string(), z.strictObject({ description: z.string(), required: z.boolean() })),
      outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
    }),
  }),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'none'])),
  jobs: z.record(
    z.string(),
    z.strictObject({
      name: z.string(),
      'runs-on': z.string(),
      'timeout-minutes': z.number(),
      outputs: z.record(z.string(), z.string()).optional(),
      steps: z.array(step),
    }),
  ),
});

/** GitLab's CI/CD YAML reference, of a job. */
export const gitlabJobs = z.record(
  z.string(),
  z.strictObject({
    stage: z.string(),
    image: z.string(),
    variables: texts,
    cache: z.strictObject({
      key: z.string(),
      when: z.enum(['on_success', 'on_failure', 'always']),
      paths: z.array(z.string()),
    }),
    script: z.array(z.string()),
    allow_failure: z.strictObject({ exit_codes: z.union([z.number(), z.array(z.number())]) }),
    artifacts: z.strictObject({
      when: z.enum(['on_success', 'on_failure', 'always']),
      expire_in: z.string(),
      paths: z.array(z.string()),
      reports: z.strictObject({ junit: z.string() }),
    }),
  }),
);
