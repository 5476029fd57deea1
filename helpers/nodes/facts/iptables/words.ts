/** One word of a rule, as iptables-save writes it: `!` is a word of its own. */
export type Words = readonly string[];

/**
 * The words of a line. Text in double quotes is one word, in which a backslash keeps the next character
 * (iptables/xshared.c, xtables_save_string).
 */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)].map(([whole, quoted]) =>
    quoted === undefined ? whole : quoted.replaceAll(/\\(.)/g, '$1'),
  );
}

/** An option with what follows it, up to the next one. */
export interface Option {
  name: string;
  not: boolean;
  values: string[];
  /** The module named last before it: some of them have options of the same name. */
  module?: string;
}

const isOption = (word: string | undefined): boolean => word !== undefined && /^--?[a-zA-Z]/.test(word);

/** A line of words as options. A `!` belongs to the option after it. */
export function optionsOf(words: Words): Option[] {
  const options: Option[] = [];
  let not = false;
  let module: string | undefined;
  for (const [at, word] of words.entries()) {
    if (word === '!' && isOption(words[at + 1])) not = true;
    // The text of a comment or a prefix may begin as an option does.
    else if (isOption(word) && !TEXTS.has(words[at - 1] ?? '')) {
      options.push({ name: word, not, values: [], module });
      not = false;
    } else options.at(-1)?.values.push(word);
    const last = options.at(-1);
    if (last?.name === '-m' && last.values.length === 1) module = last.values[0];
  }
  return options;
}

const TEXTS = new Set(['--comment', '--log-prefix', '--nflog-prefix', '--string', '--ulog-prefix']);
