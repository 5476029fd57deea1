import type { z } from 'zod';

const first = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'is not what was expected'}`;
};

/** What a program printed, in the shape of a schema; throws with the first field that has another. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (!read.success) throw new Error(first(read.error));
  return read.data;
}

/** Names of fields that a reader does not know; undefined where it knows them all. */
export function unknownFields(entry: object, known: ReadonlySet<string>): string[] | undefined {
  const names = Object.keys(entry).filter((name) => !known.has(name));
  return names.length > 0 ? names : undefined;
}
