import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianLibraries } from '../paths.ts';
import type { SetupStep } from '../setup/step.ts';
import { ARCHIVE_SOURCE, writeArchive } from './archive.ts';
import { copyProgram } from './program.ts';

/** What test/utils/image/manifest.go of Kubernetes 1.34 asks for: agnhost, and the second asker of its DNS specs. */
export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.56';
export const DNSUTILS = 'registry.k8s.io/e2e-test-images/jessie-dnsutils:1.7';

/** What the images have of Debian, and the lab's host may not: the rest of their Dockerfiles' lists. */
export const AGNHOST_PACKAGES = ['bind9-dnsutils', 'netcat-openbsd', 'busybox-static'];
/** Unpacked all or none: enough to tell that they are there. */
export const AGNHOST_PROGRAMS = ['usr/bin/dig'];

/** As far as the specs and the mesh use them. */
const APPLETS = ['cat', 'echo', 'grep', 'hostname', 'ls', 'nslookup', 'ping', 'seq', 'sleep', 'test', 'timeout'];

export interface AgnhostParts {
  /** agnhost, built from Kubernetes' own test/images/agnhost. */
  program: string;
  /** The packages, unpacked. */
  debianRoot: string;
}

/** Where an unpacked package has a program: newer ones have nothing in /bin. */
const programIn = (debianRoot: string, name: string): string =>
  [join(debianRoot, 'usr/bin', name), join(debianRoot, 'bin', name)].find(existsSync) as string;

async function fill(root: string, { program, debianRoot }: AgnhostParts): Promise<void> {
  const bin = join(root, 'usr/bin');
  await mkdir(bin, { recursive: true });
  const libraries = debianLibraries(debianRoot);
  await copyProgram(programIn(debianRoot, 'dig'), join(bin, 'dig'), root, libraries);
  await copyProgram(programIn(debianRoot, 'nc.openbsd'), join(bin, 'nc'), root, libraries);
  for (const name of ['curl', 'getent']) await copyProgram(join('/usr/bin', name), join(bin, name), root);
  // Not busybox' own shell: it takes its own applets before the programs of the path, and its nc knows no UDP.
  await copyProgram('/usr/bin/dash', join(bin, 'sh'), root);
  await cp(programIn(debianRoot, 'busybox'), join(bin, 'busybox'));
  for (const applet of APPLETS) await symlink('busybox', join(bin, applet));
  await symlink('usr/bin', join(root, 'bin'));
  await cp(program, join(root, 'agnhost'));
  for (const folder of ['etc', 'uploads', 'tmp']) await mkdir(join(root, folder));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n');
  await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

/** Writes agnhost's image as an OCI archive, again only when what goes into it has changed. */
export function agnhostStep(path: string, parts: AgnhostParts): SetupStep {
  const keyOf = async (): Promise<string> => {
    const hash = createHash('sha256').update(JSON.stringify([AGNHOST, parts]));
    for (const source of [import.meta.filename, ARCHIVE_SOURCE]) hash.update(await readFile(source));
    return hash.digest('hex').slice(0, 16);
  };
  return {
    title: `image ${AGNHOST}`,
    estimateMs: 8_000,
    isDone: async () => (await readFile(`${path}.key`, 'utf8').catch(() => '')) === (await keyOf()),
    run: async () => {
      const layers = [(root: string) => fill(root, parts)];
      await writeArchive(path, { reference: AGNHOST, entrypoint: ['/agnhost'], layers });
      await writeFile(`${path}.key`, await keyOf());
    },
  };
}
