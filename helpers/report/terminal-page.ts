import { wrap, type Paint } from './terminal-style.ts';

/** What the parts of the screen share. */
export interface Page {
  paint: Paint;
  columns: number;
}

const INDENT = 16;

/** A label and a text that is wrapped beside it. */
export function field(label: string, text: string, columns: number): string[] {
  const indent = ' '.repeat(INDENT);
  return wrap(text, columns - INDENT).map((line, index) =>
    index === 0 ? `  ${label.padEnd(INDENT - 2)}${line}` : indent + line,
  );
}

/** A point of a list beneath a field. */
export function point(text: string, columns: number): string[] {
  const indent = ' '.repeat(INDENT);
  return wrap(text, columns - INDENT - 2).map((line, index) => `${indent}${index === 0 ? '- ' : '  '}${line}`);
}

/** How many more there are than were shown, and where. */
export const more = (count: number, where: string): string[] => (count > 0 ? [`  and ${count} more ${where}`] : []);
