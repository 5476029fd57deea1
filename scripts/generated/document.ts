import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that is written from others, wholly or in part. */
export interface Generated {
  /** Path in the repository. */
  file: string;
  /** What the file should hold, made of what stands there now where only a part is generated. */
  text: () => string;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the repository as it stands. */
export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/**
 * A document whose parts between `<!-- NAME: written by npm run docs -->` and `<!-- end of NAME -->` are these, and
 * whose rest stays as it stands. Throws where a part has no such place.
 */
export function withParts(file: string, parts: Record<string, () => string>): Generated {
  return {
    file,
    text: () =>
      Object.entries(parts).reduce((text, [name, part]) => {
        const [start, end] = [`<!-- ${name}: written by npm run docs -->\n`, `<!-- end of ${name} -->`];
        const [from, to] = [text.indexOf(start), text.indexOf(end)];
        if (from === -1 || to < from) throw new Error(`${file} has no place for ${name}: ${start.trim()} ... ${end}`);
        return `${text.slice(0, from)}${start}\n${part()}\n\n${text.slice(to)}`;
      }, read(file)),
  };
}

/** A table in Markdown. A bar in a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
