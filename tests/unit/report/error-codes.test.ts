import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../../helpers/errors/codes.ts';
import { NetwrightError } from '../../../helpers/errors.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const codes = Object.keys(ERRORS);

describe('the codes of errors', () => {
  test('each documented code is one that a source can report', () => {
    const sources = ['helpers', 'cli', 'lab']
      .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
      .filter((path) => !path.startsWith('helpers/errors/') && !path.startsWith('helpers/diagnose/'))
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .filter((source) => /NetwrightError|sshError/.test(source))
      .join('\n');
    // The errors of SSH get their prefix, and so their hop, where they are made.
    const isReported = (code: string) =>
      sources.includes(`'${code}'`) || sources.includes(`'${code.replace(/^ssh-/, '')}'`);
    expect(codes.filter((code) => !isReported(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(40);
  });

  test('each is lower-case words with dashes, and says what happened', () => {
    const wrong = Object.entries(ERRORS).filter(
      ([code, { meaning }]) =>
        !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code) || meaning.length < 15 || meaning.endsWith('.'),
    );
    expect(wrong).toEqual([]);
  });
});

describe('an error', () => {
  test('has the exit code of its code unless it says another', () => {
    expect(new NetwrightError('no', { code: 'kubeconfig-missing' }).exitCode).toBe(2);
    expect(new NetwrightError('no', { code: 'api-refused' }).exitCode).toBe(3);
    expect(new NetwrightError('no', { code: 'ssh-key-passphrase', exitCode: 2 }).exitCode).toBe(2);
  });

  test('of a jump host has the exit code of the same trouble with a node', () => {
    expect(new NetwrightError('no', { code: 'ssh-jump-aborted' }).exitCode).toBe(130);
  });
});
