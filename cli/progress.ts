import { styleText } from 'node:util';
import { SUITES } from '../helpers/model/suites.ts';
import type { SuiteEnd } from '../helpers/run/reporter.ts';

const NAME_WIDTH = Math.max(...SUITES.map((name) => name.length)) + 1;
const MARKS = { pass: 'ok', fail: 'FAILED', inconclusive: '?', skipped: 'skipped' } as const;
const COLOURS = { pass: 'green', fail: 'red', inconclusive: 'yellow', skipped: 'dim' } as const;

/** Live progress on stderr: one line that is rewritten on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #stream = process.stderr;
  readonly #live = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  #begun = performance.now();
  #open = false;

  /** What is being done now. */
  stage(text: string): void {
    this.#clear();
    if (this.#live) {
      this.#stream.write(`${text} …`);
      this.#open = true;
    } else {
      this.#stream.write(`${this.#elapsed()} ${text}\n`);
    }
  }

  /** What is to stay on the screen. */
  note(text: string): void {
    this.#clear();
    this.#stream.write(`${text}\n`);
  }

  suiteStarted(suite: string): void {
    if (this.#live) this.stage(suite);
  }

  suiteEnded({ suite, symptoms, durationMs }: SuiteEnd): void {
    const count = (verdict: string) => symptoms.filter((symptom) => symptom.verdict === verdict).length;
    const worst = (['fail', 'inconclusive', 'pass'] as const).find((verdict) => count(verdict) > 0) ?? 'skipped';
    const parts = [
      `${count('pass')} passed`,
      `${count('fail')} failed`,
      `${count('inconclusive')} inconclusive`,
      `${count('skipped')} skipped`,
    ].filter((part) => !part.startsWith('0 '));
    this.#clear();
    this.#stream.write(
      `${this.#elapsed()} ${suite.padEnd(NAME_WIDTH)} ` +
        `${styleText(COLOURS[worst], MARKS[worst].padEnd(7), { stream: this.#stream })} ${parts.join(', ')} ` +
        `(${(durationMs / 1000).toFixed(1)} s)\n`,
    );
  }

  /** Removes what was left open on the terminal. */
  end(): void {
    this.#clear();
  }

  #elapsed(): string {
    return `${((performance.now() - this.#begun) / 1000).toFixed(1).padStart(5)} s`;
  }

  #clear(): void {
    if (this.#open) this.#stream.write('\r\u001B[K');
    this.#open = false;
  }
}
