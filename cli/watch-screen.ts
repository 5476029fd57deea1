import { styleText } from 'node:util';
import { few } from '../helpers/few.ts';
import { clock, lossWords, seconds } from '../helpers/report/watch/words.ts';
import type { LiveNews } from '../helpers/run/watch/live.ts';
import type { SeenChange } from '../helpers/run/watch/surroundings.ts';

const MOST_PATHS = 4;

const at = (ms: number): string => clock(new Date(ms).toISOString());

/** What happens while a cluster is watched, on stderr: news as lines that stay, and below them how all stands. */
export class WatchScreen {
  readonly #stream = process.stderr;
  readonly isLive = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  #isOpen = false;

  news(news: LiveNews | { kind: 'change'; change: SeenChange }): void {
    if (news.kind === 'state') return this.#state(news.text);
    if (news.kind === 'change') return this.#line('dim', `${at(news.change.atMs)} ${news.change.text}`);
    if (news.kind === 'down') {
      const how = `${news.paths.length} of ${news.of} interrupted: ${few(news.paths, MOST_PATHS)}`;
      return this.#line('red', `${at(news.atMs)} ${news.words}: ${how}`);
    }
    const { startMs, endMs } = news.outage;
    const how = `answered again after ${seconds(endMs - startMs)}, ${lossWords(news.outage)}`;
    this.#line('green', `${at(endMs)} ${news.words}: ${how}`);
  }

  /** Removes what is rewritten in place. */
  end(): void {
    if (this.#isOpen) this.#stream.write('\r\u001B[K');
    this.#isOpen = false;
  }

  #line(style: Parameters<typeof styleText>[0], text: string): void {
    this.end();
    this.#stream.write(`${styleText(style, text, { stream: this.#stream })}\n`);
  }

  #state(text: string): void {
    if (!this.isLive) return this.#line('dim', `${at(Date.now())} ${text}`);
    this.end();
    this.#stream.write(text.slice(0, (this.#stream.columns ?? 80) - 1));
    this.#isOpen = true;
  }
}
