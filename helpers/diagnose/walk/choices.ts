import type { Choice } from './packet.ts';

/** More ways than these are not followed: the rest of what may happen is then not told. */
export const MOST_PATHS = 256;

/** Answers to the questions of one way: those that were fixed beforehand, and for any further one the first. */
export class Choices {
  readonly made: { taken: number; of: number; choice: Choice }[] = [];
  readonly #fixed: readonly number[];

  constructor(fixed: readonly number[]) {
    this.#fixed = fixed;
  }

  /** One of so many, from 0. */
  pick(of: number, kind: Choice['kind'], why: string): number {
    if (of <= 1) return 0;
    const taken = this.#fixed[this.made.length] ?? 0;
    this.made.push({ taken, of, choice: { kind, why } });
    return taken;
  }

  isOpen(why: string): boolean {
    return this.pick(2, 'open', why) === 0;
  }

  /** The answers of the next way; undefined after the last. */
  get next(): number[] | undefined {
    const answers = this.made.map(({ taken }) => taken);
    for (let at = answers.length - 1; at >= 0; at -= 1) {
      const { taken, of } = this.made[at] ?? { taken: 0, of: 0 };
      if (taken + 1 < of) return [...answers.slice(0, at), taken + 1];
    }
    return undefined;
  }
}

/** Goes every way: `go` is called anew for each, and must ask the same questions for the same answers. */
export function everyWay<T>(go: (choices: Choices) => T): { ways: T[]; areAll: boolean } {
  const ways: T[] = [];
  let answers: number[] | undefined = [];
  while (answers !== undefined && ways.length < MOST_PATHS) {
    const choices: Choices = new Choices(answers);
    ways.push(go(choices));
    answers = choices.next;
  }
  return { ways, areAll: answers === undefined };
}
