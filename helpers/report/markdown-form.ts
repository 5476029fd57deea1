/** A text as the cell of a table: one line, without bars. */
export const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');

/** A text as it is, in a frame that it cannot end. */
export const fence = (text: string): string[] => ['```text', text.replaceAll('```', "'''"), '```'];

/** Lines that are shown once somebody opens them; none where there is nothing in them. */
export function folded(summary: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const title = summary.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>', ''];
}

/** The first lines of a list, and how many more there are where. */
export function capped(lines: readonly string[], most: number, where: string): string[] {
  const rest = lines.length - most;
  return rest > 0 ? [...lines.slice(0, most), `- and ${rest} more in ${where}`] : [...lines];
}
