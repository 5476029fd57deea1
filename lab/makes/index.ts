import { ExitCode, NetwrightError } from '../../helpers/errors.ts';
import { backend } from './backend.ts';
import { clusterDomain } from './cluster-domain.ts';
import { USUAL, type LabSettings, type Make } from './settings.ts';
import { vni } from './vni.ts';
import { vxlanPort } from './vxlan-port.ts';

/** Every make that a lab can have. */
export const MAKES: readonly Make[] = [backend, vxlanPort, vni, clusterDomain];

function bad(problem: string, hint: string): NetwrightError {
  return new NetwrightError(problem, { code: 'lab-make', hint, exitCode: ExitCode.usage });
}

function read(pair: string): Partial<LabSettings> {
  const [key = '', ...rest] = pair.split('=');
  const make = MAKES.find((each) => each.key === key.trim());
  if (!make) throw bad(`a lab has no make "${key}"`, `there are: ${MAKES.map((each) => each.key).join(', ')}`);
  const value = rest.join('=').trim();
  const settings = make.read(value);
  if (!settings) throw bad(`"${value}" is no value of ${make.key}`, `use ${make.key}=VALUE, with ${make.values}`);
  return settings;
}

/** Reads `KEY=VALUE,…` as people write it; the empty text is the usual lab. Throws a usage error. */
export function parseMakes(text: string): LabSettings {
  const pairs = text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  return Object.assign({ ...USUAL }, ...pairs.map(read)) as LabSettings;
}
