import { z } from 'zod';
import { acceptanceSchema } from '../model/acceptance.ts';
import { knownProblemSchema } from './history/problem-schema.ts';

/** The version of report.json; it rises when a reader of the old shape would misread the new one. */
export const REPORT_VERSION = 1;

const location = z.object({
  node: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  service: z.string().optional(),
  endpoint: z.string().optional(),
  host: z.string().optional(),
  replica: z.string().optional(),
});

const acceptance = z.object({ code: z.string(), place: z.string(), reason: z.string(), until: z.string() });

const finding = z.object({
  code: z.string().describe('its page is docs/findings/CODE.md'),
  title: z.string(),
  confidence: z.enum(['proved', 'candidate']),
  locations: z.array(location).describe('where it is; empty where it is of the cluster as a whole'),
  evidence: z
    .array(z.object({ text: z.string(), observations: z.array(z.string()) }))
    .describe('sentences, the deciding one first, with the ids of the observations that say so'),
  remedy: z.string(),
  verify: z.string().describe('the command that shows that it is fixed; of a candidate, the one that confirms it'),
  rivals: z.array(z.string()).describe('codes that explain the observations as well; of a candidate alone'),
  explains: z
    .object({
      findings: z.array(z.string()).describe('codes of what follows from it and is therefore not listed by itself'),
      symptoms: z
        .array(z.object({ suite: z.string(), title: z.string() }))
        .describe('failed symptoms of which it accounts for a probe at least'),
      observations: z.array(z.string()).describe('ids of the failed probes that it accounts for'),
    })
    .describe('what follows from it'),
  /** Set where somebody accepts it at every place: it is shown and does not fail. */
  accepted: acceptance.optional(),
});

const changes = z.object({
  /** The run that this one is held against. */
  previous: z
    .object({ runId: z.string(), startedAt: z.string(), verdict: z.enum(['healthy', 'unhealthy', 'inconclusive']) })
    .optional(),
  problems: z.array(
    knownProblemSchema.extend({
      state: z.enum(['new', 'still', 'mended', 'unclear']),
      /** ISO time of the first run of those that have it without a break. */
      since: z.string(),
      why: z.string().optional(),
      flaps: z.object({ seen: z.number(), of: z.number() }).optional(),
    }),
  ),
});

const followsFrom = z
  .array(z.object({ code: z.string(), confidence: z.enum(['proved', 'candidate']), place: z.string() }))
  .default([]);

const count = z.number().int().nonnegative();
const outcome = z.enum(['pass', 'fail', 'inconclusive', 'skipped']);

/** Everything that a run leaves for machines; report.json is this and nothing else. */
export const runReportSchema = z.object({
  schemaVersion: z.literal(REPORT_VERSION),
  runId: z.string(),
  netwrightVersion: z.string().optional(),
  verdict: z.enum(['healthy', 'unhealthy', 'inconclusive']),
  profile: z.enum(['gate', 'nightly', 'acceptance']),
  /** ISO times. */
  startedAt: z.string(),
  endedAt: z.string().optional(),
  cluster: z.object({
    name: z.string(),
    serverVersion: z.string(),
    distribution: z.string(),
    overlay: z.string(),
    nodes: z.array(z.string()),
    /** What tells it from others of its name, where it could be read. */
    id: z.string().optional(),
  }),
  suites: z.array(
    z.object({
      name: z.string(),
      verdict: outcome,
      passed: count,
      failed: count,
      skipped: count,
      inconclusive: count,
      durationMs: z.number(),
    }),
  ),
  /** Every test of the suites, with the failure's text, the reason of a skip, or why it is inconclusive. */
  symptoms: z.array(
    z.object({
      suite: z.string(),
      title: z.string(),
      verdict: outcome,
      text: z.string().optional(),
      observations: z.array(z.string()),
      /** Codes of accepted problems, which account for all that failed. */
      acceptedBy: z.array(z.string()).optional(),
      followsFrom: followsFrom.describe(
        'findings that account for every failed probe of it, as few as do; empty where something else fails as well',
      ),
      startedAt: z.string().optional().describe('when the first of its probes began, ISO time'),
      durationMs: z.number().nonnegative().optional().describe('from there to the end of the last'),
    }),
  ),
  findings: z.array(finding),
  /** Failed probes that none of the findings accounts for, by the ids of their observations. */
  unexplained: z.array(z.string()).default([]),
  /** The same by place and kind of failure, each with the first command to try. */
  unexplainedGroups: z
    .array(
      z.object({
        title: z.string(),
        location,
        observations: z.array(z.string()),
        confirm: z.string(),
        isOwnProblem: z.boolean(),
        accepted: acceptance.optional(),
      }),
    )
    .default([]),
  /** What was looked at and is sound: excluded as a cause of what failed. */
  sound: z.array(z.string()).default([]),
  /** The answer after a change; only of the profile acceptance. */
  acceptance: acceptanceSchema.optional(),
  holes: z.array(
    z.object({ what: z.string(), why: z.string(), node: z.string().optional(), isByChoice: z.boolean().optional() }),
  ),
  /** What is new since the last run of the same cluster, still there, mended, or cannot be told. */
  changes: changes.optional(),
  /** What was accepted: whether it is there, ran out, or is there no more. */
  acceptances: z.array(acceptance.extend({ state: z.enum(['in-force', 'expired', 'not-found']) })).optional(),
  /** Wall times in milliseconds, by the name of what took them. */
  timings: z.record(z.string(), z.number()),
  /** Sums over the run: observations by verdict, and what it cost the cluster where that was counted. */
  counts: z.object({
    probes: count,
    passed: count,
    failed: count,
    inconclusive: count,
    /** Probes that were observed and are not judged. */
    evidence: count.default(0),
    facts: count,
    apiCalls: count.optional(),
    execs: count.optional(),
  }),
});

export type RunReport = z.output<typeof runReportSchema>;
export type ReportedSymptom = RunReport['symptoms'][number];
