import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

/** How a run of the program ended: its exit code and its two outputs, with the folder's path as DIR. */
export interface Ended {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

/** A folder as home and working folder of the program, with nothing else of this machine's environment. */
export class Desk implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'netwright-cli-'));

  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text);
    return join(this.folder, name);
  }

  /** Starts the program; resolves when it has ended. */
  start(args: string[], env: Record<string, string> = {}) {
    return execa(process.execPath, [main, ...args], {
      cwd: this.folder,
      extendEnv: false,
      env: { HOME: this.folder, PATH: process.env['PATH'] ?? '', ...env },
      reject: false,
      stdin: 'ignore',
    });
  }

  async run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    const { exitCode, stdout, stderr } = await this.start(args, env);
    return { code: exitCode, stdout: this.stable(stdout), stderr: this.stable(stderr) };
  }

  /** What differs from one machine or moment to the next, by names that do not: our folder, ports and elapsed times. */
  stable(text: string): string {
    return text
      .replaceAll(this.folder, 'DIR')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replaceAll(/^ *\d+\.\d s /gm, '');
  }

  /** Reports that were left behind. */
  reports(): string[] {
    return readdirSync(this.folder).includes('reports') ? readdirSync(join(this.folder, 'reports')) : [];
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
