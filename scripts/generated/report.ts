import { z } from 'zod';
import { watchReportSchema } from '../../helpers/model/watch.ts';
import { runReportSchema } from '../../helpers/report/run-report.ts';
import type { Generated } from './document.ts';

/** Takes away that nothing may be added: a reader of today must take a report of tomorrow. */
function openly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openly);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      key === 'additionalProperties' && each === false ? [] : [[key, openly(each)]],
    ),
  );
}

function schemaText(title: string, of: z.ZodType): string {
  const schema = openly(z.toJSONSchema(of, { target: 'draft-2020-12' })) as object;
  return `${JSON.stringify({ title, ...schema }, null, 2)}\n`;
}

/** The JSON Schema of report.json, for those who read it with other tools. */
export const reportSchema: Generated = {
  file: 'docs/report.schema.json',
  text: () => schemaText("Netwright's report.json", runReportSchema),
};

/** The same of watch.json. */
export const watchSchema: Generated = {
  file: 'docs/watch.schema.json',
  text: () => schemaText("Netwright's watch.json", watchReportSchema),
};
