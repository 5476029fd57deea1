import { z } from 'zod';

/** A Deployment with this label holds in an annotation of the same name what it was before a run scaled it. */
export const SCALED = 'netwright/scaled';

const scaledSchema = z.object({
  replicas: z.number(),
  autoscaler: z.object({ name: z.string(), least: z.number(), most: z.number() }).optional(),
});

/** What a Deployment was before it was scaled. */
export type Scaled = z.infer<typeof scaledSchema>;

/** What is written at a Deployment before it is scaled, so that whoever finds it so can put it back. */
export const marked = ({ replicas, autoscaler }: Scaled): { metadata: object } => ({
  metadata: { labels: { [SCALED]: 'true' }, annotations: { [SCALED]: JSON.stringify({ replicas, autoscaler }) } },
});

/** Takes that away again. */
export const UNMARKED = { metadata: { labels: { [SCALED]: null }, annotations: { [SCALED]: null } } };

/** Reads it back; undefined where it is not there, or somebody has changed it. */
export function readMark(annotations: Record<string, string> = {}): Scaled | undefined {
  try {
    return scaledSchema.parse(JSON.parse(annotations[SCALED] ?? ''));
  } catch {
    return undefined;
  }
}
