import { catalogue } from '../../helpers/diagnose/catalogue/index.ts';
import type { Layer } from '../../helpers/diagnose/entry.ts';
import { FAULTS } from '../../lab/faults/index.ts';
import { read, table, withParts } from './document.ts';

/** What people call a layer. */
const WHERE: Record<Layer, string> = {
  node: 'Node',
  objects: 'Kubernetes objects',
  underlay: 'Between the nodes',
  overlay: 'Overlay',
  host: 'On a node',
  pod: 'Pod',
  service: 'Service',
  dns: 'DNS',
  'node-port': 'NodePort',
  ingress: 'Ingress',
  packet: 'A node’s rules and routes',
  undetermined: 'Undetermined',
};

/** The first sentence of a text in Markdown. */
const sentence = (text: string): string =>
  /^.*?\.(?= [A-Z`]|$)/.exec(text.replaceAll(/\s+/g, ' ').trim())?.[0] ?? text.trim();

/** What a finding's page begins with, and what it says of the lab. */
function pageOf(code: string): { is: string; lab: string } {
  const [head = '', ...sections] = read(`docs/findings/${code}.md`).split(/^## /m);
  const section = sections.find((each) => each.startsWith('In the lab\n')) ?? '';
  return { is: sentence(head.replace(/^.*\n/, '')), lab: sentence(section.replace(/^.*\n/, '')) };
}

/** The forms of a finding's fault, the later ones without the part before the slash; or why there is none. */
function inTheLab(code: string): string {
  const ids = FAULTS.filter((fault) => fault.code === code).map(({ id }) => id);
  if (ids.length > 0) return ids.map((id, at) => `\`${at === 0 ? id : `/${id.split('/')[1]}`}\``).join(', ');
  const { lab } = pageOf(code);
  return `${lab.charAt(0).toLowerCase()}${lab.slice(1)}`.replace(/\.$/, '');
}

/** The index of docs/findings: every cause in the order in which findings are sorted. */
export const findingsIndex = withParts('docs/findings/README.md', {
  'all findings': () =>
    table(
      ['Where', 'Finding', 'What it says', 'In the lab'],
      catalogue.map(({ code, layer }) => [WHERE[layer], `[${code}](${code}.md)`, pageOf(code).is, inTheLab(code)]),
    ),
});
