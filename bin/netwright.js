#!/usr/bin/env node
// Starts Netwright from a checkout with whatever Node there is: installs its packages when they are not there or not
// those of the lock file, and runs it with the Node 24 that is among them when this one is older than 22.19.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What npm has installed, as it records it itself, against what the lock file asks for. */
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
  if (!existsSync(lockPath) || packagesAreInstalled(lockPath)) return;
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

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}

/**
 * Options for this process' children, and theirs, among them the one that runs the suites. The warning is that the call
 * is new.
 */
function stripTypes() {
  return `--disable-warning=ExperimentalWarning --import=${pathToFileURL(join(root, 'bin', 'strip-types.js')).href}`;
}

function run() {
  const packaged = join(root, 'node_modules', 'node', 'bin', 'node');
  const node = isNewEnough(process.versions.node) ? process.execPath : packaged;
  if (!existsSync(node)) {
    process.stderr.write(
      `error: Netwright needs Node 22.19 or newer; this is ${process.versions.node}\n  install a newer Node, or ` +
        `the development packages: npm ci\n`,
    );
    process.exit(2);
  }
  // A run loads some hundred modules in each of its processes: compiled once, they load in half the time.
  const cache =
    process.env.NETWRIGHT_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'netwright');
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`;
  const options = root.includes('/node_modules/')
    ? { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${stripTypes()}`.trim() }
    : {};
  const child = spawn(node, [join(root, 'cli', 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: join(cache, 'compiled'), ...process.env, ...options, PATH: path },
  });
  // A terminal sends Ctrl-C to the whole group; a signal to this process alone is passed on.
  process.on('SIGINT', () => !process.stdin.isTTY && child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

installPackages();
run();
