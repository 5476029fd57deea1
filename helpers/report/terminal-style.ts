import { styleText } from 'node:util';

export interface TerminalStyle {
  /** Width of a line. Default 100. */
  columns?: number;
  color?: boolean;
  /** Arrows and dots beyond ASCII. Default true. */
  unicode?: boolean;
}

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export const painter =
  ({ color = false }: TerminalStyle): Paint =>
  (style, text) =>
    color ? styleText(style, text, { validateStream: false }) : text;

/** What a stream can show, by Node's own rules: a TTY, NO_COLOR, FORCE_COLOR, TERM=dumb. */
export function terminalStyle(
  stream: NodeJS.WritableStream & { columns?: number },
  env: NodeJS.ProcessEnv = process.env,
): Required<TerminalStyle> {
  const locale = env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? 'UTF-8';
  return {
    columns: Math.min(Math.max(stream.columns ?? 100, 60), 140),
    color: styleText('red', 'x', { stream }) !== 'x',
    unicode: !/^(C|POSIX)$/.test(locale),
  };
}

export const toAscii = (text: string): string =>
  text.replaceAll('→', '->').replaceAll('↔', '<->').replaceAll('…', '...');

/**
 * Breaks a text at spaces so that every line has at most `columns` characters; later lines are indented. A longer word
 * stays whole.
 */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    const room = columns - (lines.length > 0 ? indent.length : 0);
    if (line !== '' && longer.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines.map((part, index) => (index > 0 ? indent + part : part));
}

/** Cuts a line to a width, with a sign that it was cut. */
export const cut = (text: string, columns: number): string =>
  text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
