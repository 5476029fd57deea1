import { z } from 'zod';
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

/** The JSON Schema of report.json, for those who read it with other tools. */
export const reportSchema: Generated = {
  file: 'docs/report.schema.json',
  text: () => {
    const schema = openly(z.toJSONSchema(runReportSchema, { target: 'draft-2020-12' })) as object;
    return `${JSON.stringify({ title: "Netwright's report.json", ...schema }, null, 2)}\n`;
  },
};
