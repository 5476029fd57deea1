import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../lab/run-in.ts';

/**
 * A package of Debian's, unpacked into a new folder under this one and not installed: it would start a service.
 * Resolves to the folder of its programs. Throws where the package cannot be had.
 */
export async function unpackDebian(name: string, under: string): Promise<string> {
  const folder = await mkdtemp(join(under, `${name}-`));
  try {
    await run(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', name], { cwd: folder });
  } catch (error) {
    throw new Error(`Debian's package ${name} cannot be had`, { cause: error });
  }
  const [deb = ''] = await readdir(folder);
  await run(['dpkg-deb', '-x', join(folder, deb), join(folder, 'unpacked')]);
  return join(folder, 'unpacked', 'usr', 'bin');
}
