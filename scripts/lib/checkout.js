// Runs a program of this checkout with whatever Node there is. This file itself must work on Node 20 with no package
// installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Whether npm's own record of what is installed agrees with the lock file. */
function packagesAreInstalled(lockPath) {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(lockPath, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !installed[path]),
  );
}

function installPackages() {
  const lockPath = join(root, 'package-lock.json');
  if (packagesAreInstalled(lockPath)) return;
  process.stderr.write('set-up: installing Node packages as package-lock.json has them (about 20 s)\n');
  const { status, stdout, stderr, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return;
  process.stderr.write(
    `error: npm ci failed in ${root}\n${error ? error.message : `${stdout}${stderr}`}\n  is the npm registry ` +
      `reachable from here? npm ping\n`,
  );
  process.exit(4);
}

/** Node 22.18 was the first to run TypeScript as it is; the packages need 22.19. */
function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}

/**
 * Runs a TypeScript file of the checkout, named from its root, and ends with its exit code. Installs the packages first
 * where they are missing or differ from the lock file, and takes the Node among them where this one is too old.
 */
export function runFromCheckout(file, args) {
  installPackages();
  const node = isNewEnough(process.versions.node)
    ? process.execPath
    : join(root, 'node_modules', 'node', 'bin', 'node');
  // A run loads some hundred modules in each of its processes: compiled once, they load in half the time.
  const cache =
    process.env.NETWRIGHT_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'netwright');
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`;
  const child = spawn(node, [join(root, file), ...args], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: join(cache, 'compiled'), ...process.env, PATH: path },
  });
  // A terminal sends Ctrl-C to the whole group; a signal to this process alone is passed on.
  process.on('SIGINT', () => !process.stdin.isTTY && child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}
