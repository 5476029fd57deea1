import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { execa } from 'execa';
import { root } from '../../generated/document.ts';

/** The part of a document below a heading, up to the next heading of the same level. */
export function section(file: string, heading: string): string {
  const [, rest] = readFileSync(join(root, file), 'utf8').split(`\n## ${heading}\n`);
  if (rest === undefined) throw new Error(`${file} has no section "${heading}"`);
  return rest.split('\n## ')[0] ?? '';
}

/** The commands of a part, in order: its lines that are set in by four spaces, outside of fenced blocks. */
export const commandsOf = (part: string): string[] =>
  part
    .replaceAll(/^```[^]*?^```$/gm, '')
    .split('\n')
    .flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.[1] ?? []);

/** The first fenced block of a part, read as YAML. */
export function yamlOf(part: string): unknown {
  const [, text] = /^```yaml\n([^]*?)^```$/m.exec(part) ?? [];
  if (text === undefined) throw new Error('the section has no YAML');
  return loadYaml(text);
}

/** What of a command or a manifest stands for something else on a lab. */
export type Stands = readonly (readonly [written: string, here: string])[];

export const replaced = (text: string, stands: Stands): string =>
  stands.reduce((all, [written, here]) => all.replaceAll(written, here), text);

interface Wanted {
  cwd?: string;
  /** What its output must show. */
  wants?: RegExp;
  codes?: readonly number[];
}

/** Types commands one after the other, and counts those that do not do what was promised. */
export class Typist {
  failed = 0;
  readonly #environment: Record<string, string>;
  readonly #inFront: string[];

  /** `inFront`: the words before each command, which bring it to where it is typed. */
  constructor(environment: Record<string, string>, inFront: string[] = []) {
    this.#environment = environment;
    this.#inFront = inFront;
  }

  /** Its output. Prints what was typed, how long it took, and the first lines of what came. */
  async type(command: string, { cwd = root, wants, codes = [0] }: Wanted = {}): Promise<string> {
    const [file, ...args] = [...this.#inFront, 'bash', '-o', 'pipefail', '-c', command];
    const begunMs = performance.now();
    const { all, exitCode } = await execa(file, args, {
      cwd,
      env: this.#environment,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      all: true,
    });
    const holds = codes.includes(exitCode ?? -1) && (wants?.test(all) ?? true);
    this.failed += holds ? 0 : 1;
    const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
    process.stdout.write(`${holds ? 'holds' : 'WRONG'}  (${exitCode}, ${seconds} s)  ${command}\n`);
    for (const line of all
      .trim()
      .split('\n')
      .slice(0, holds ? 6 : 60))
      process.stdout.write(`         ${line}\n`);
    return all;
  }
}
