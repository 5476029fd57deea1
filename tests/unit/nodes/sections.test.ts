import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as parse from '../../../helpers/nodes/facts/parse.ts';
import { buildScript, readSection } from '../../../helpers/nodes/facts/script.ts';
import type { ScriptSection } from '../../../helpers/nodes/facts/section.ts';
import { SECTIONS } from '../../../helpers/nodes/facts/sections.ts';
import { installed } from './sshd.ts';

const MARKER = 'marker-0f3a';
const section = (key: string, command: string, more: Partial<ScriptSection> = {}): ScriptSection => ({
  key,
  command,
  ...more,
});

/** Runs the script in a real shell, as sshd would. */
function results(sections: ScriptSection[], shell = 'sh') {
  const { stdout, stderr } = spawnSync(shell, ['-s'], { input: buildScript(sections, MARKER), encoding: 'utf8' });
  return sections.map((each) => readSection(each, MARKER, stdout, stderr));
}

describe.each(['sh', 'bash'])('the script in %s', (shell) => {
  test('gives each section its own end, whatever the others do', () => {
    const read = results(
      [
        section('good', `echo "it's good"`),
        section('empty', 'true'),
        section('fails', 'echo some; echo "no permission" >&2; exit 4'),
        section('missing', 'no-such-program -x', { needs: 'no-such-program' }),
        section('not-here', 'exit 66'),
        section('long', 'head -c 3000 /dev/zero | tr "\\\\0" x', { maxBytes: 1000 }),
        section('reads-input', 'cat; echo after'),
        section('no-newline', 'printf x'),
        section('last', 'echo last'),
      ],
      shell,
    );
    expect(read).toEqual([
      { output: "it's good\n" },
      { output: '' },
      { notObserved: 'exit status 4: no permission' },
      { notObserved: 'no-such-program is not installed on the node' },
      { notApplicable: true },
      { notObserved: 'it is longer than 1000 bytes' },
      { output: 'after\n' },
      { output: 'x' },
      { output: 'last\n' },
    ]);
  });

  test('has no module loaded for a section, and says what is known without it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'netwright-modules-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const modules = join(folder, 'modules');
    writeFileSync(modules, 'nf_conntrack 196608 4 xt_conntrack,nf_nat, Live 0x0\n');
    const sections = [
      section('loaded', 'echo read', { module: { name: 'nf_conntrack' } }),
      section('not-loaded', 'echo read', { module: { name: 'nf_conntrack_netlink' } }),
      section('nothing-there', 'echo read', { module: { name: 'nf_tables', without: '{}' } }),
    ];
    const script = buildScript(sections, MARKER).replaceAll('/proc/modules', modules);
    const { stdout, stderr } = spawnSync(shell, ['-s'], { input: script, encoding: 'utf8' });
    expect(sections.map((each) => readSection(each, MARKER, stdout, stderr))).toEqual([
      { output: 'read\n' },
      { notObserved: 'reading it would make the kernel load its module nf_conntrack_netlink' },
      { output: '{}\n' },
    ]);
  });

  test('keeps sections whose names begin alike apart', () => {
    expect(results([section('ip', 'echo one'), section('ip-link', 'echo two >&2; exit 1')], shell)).toEqual([
      { output: 'one\n' },
      { notObserved: 'exit status 1: two' },
    ]);
  });
});

test.runIf(process.getuid?.() === 0)(
  'without root, what root alone can read is not observed, rather than read as empty',
  () => {
    const { stdout, stderr } = spawnSync('sh', ['-s'], {
      input: buildScript(SECTIONS, MARKER),
      encoding: 'utf8',
      uid: 65_534,
      gid: 65_534,
      env: { PATH: '/usr/bin:/bin' },
    });
    const closed = SECTIONS.filter(({ rootOnly, needs }) => rootOnly && (needs === undefined || installed(needs)));
    expect(closed.map(({ key }) => key)).toContain('k3s-config');
    expect(closed.map((each) => readSection(each, MARKER, stdout, stderr))).toEqual(
      closed.map(() => ({
        notObserved: 'only root can read it, and sudo does not let this user in without a password',
      })),
    );
  },
);

test('a script that was cut off leaves the rest not observed', () => {
  const [first, second] = [section('a', ''), section('b', '')];
  const stdout = `${MARKER} begin a\nx\n\n${MARKER} end a 0\n${MARKER} begin b\nhalf`;
  expect([readSection(first, MARKER, stdout, ''), readSection(second, MARKER, stdout, '')]).toEqual([
    { output: 'x\n' },
    { notObserved: 'the node did not get as far as this' },
  ]);
});

test('keys are unique, and no command writes', () => {
  expect(new Set(SECTIONS.map(({ key }) => key)).size).toBe(SECTIONS.length);
  for (const { command } of SECTIONS) {
    expect(command.replaceAll(/[12]?>(?:&[12]|\/dev\/null)/g, '')).not.toMatch(
      /[^-]>(?!=)|\b(?:rm|mv|cp|tee|touch|mkdir|sed -i|sysctl -w|modprobe|restart|stop|start|flush|add|del)\b/,
    );
  }
});

describe('what programs print', () => {
  test('conntrack statistics are one object a CPU', () => {
    expect(
      parse.conntrackStats('cpu=0   \tfound=0 invalid=2 insert_failed=7 drop=1\ncpu=1 found=1 insert_failed=0\n'),
    ).toEqual([
      { cpu: 0, found: 0, invalid: 2, insert_failed: 7, drop: 1 },
      { cpu: 1, found: 1, insert_failed: 0 },
    ]);
  });

  test('offloads are told by device', () => {
    expect(
      parse.offloads(
        '== eth0\nFeatures for eth0:\nrx-checksumming: on\n\ttx-checksum-ip-generic: off [fixed]\n== ' +
          'flannel.1\ntx-checksumming: on\n',
      ),
    ).toEqual({
      eth0: { 'rx-checksumming': true, 'tx-checksum-ip-generic': false },
      'flannel.1': { 'tx-checksumming': true },
    });
  });

  test('files are told by path, as texts', () => {
    expect(parse.files('== /etc/a.conflist\n{"name":"cbr0"}\n\n== /etc/b.yaml\nx: 1\n\n')).toEqual({
      '/etc/a.conflist': '{"name":"cbr0"}',
      '/etc/b.yaml': 'x: 1',
    });
    expect(parse.files('')).toEqual({});
  });

  test("a listening socket without a process is the kernel's own", () => {
    const text =
      'udp   UNCONN 0      0            0.0.0.0:8472       0.0.0.0:*\ntcp   LISTEN 0      4096       [::1]:6444  ' +
      ' [::]:* users:(("k3s-server",pid=1,fd=3))\nudp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*\n';
    expect(parse.listeningSockets(text)).toEqual([
      { protocol: 'udp', address: '0.0.0.0', port: 8472 },
      { protocol: 'tcp', address: '[::1]', port: 6444, process: 'k3s-server' },
      { protocol: 'udp', address: '127.0.0.53%lo', port: 53 },
    ]);
  });

  test('no output at all is an empty list to JSON, and half of it is an error', () => {
    expect(parse.json('\n')).toEqual([]);
    expect(() => parse.json('[{')).toThrow(SyntaxError);
  });
});
