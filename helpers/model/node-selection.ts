/** Which nodes take part in a run: by name, and by label as Kubernetes' own selectors have it. */

/** One thing that must hold of a node. */
export type NodeRequirement =
  /** A name; of a cluster that has no node of that name, a label that must be there. */
  | { kind: 'named'; word: string }
  /** A name that is left out; of a cluster that has no such node, a label that must not be there. */
  | { kind: 'not-named'; word: string }
  | { kind: 'label'; key: string; in: string[] }
  | { kind: 'not-label'; key: string; in: string[] };

export interface NodeSelection {
  /** As it was written. */
  text: string;
  requirements: readonly NodeRequirement[];
}

/** Of a node what it is selected by. */
export interface SelectableNode {
  name: string;
  labels: Readonly<Record<string, string>>;
}

const KEY = String.raw`[A-Za-z0-9][\w./-]*`;
const VALUE = String.raw`[\w.-]*`;
const IS = new RegExp(`^(${KEY})\\s*==?\\s*(${VALUE})$`);
const IS_NOT = new RegExp(`^(${KEY})\\s*!=\\s*(${VALUE})$`);
const IN = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const WORD = new RegExp(`^(!?)\\s*(${KEY})$`);

function readRequirement(item: string): NodeRequirement | undefined {
  const [, isKey, isValue = ''] = IS.exec(item) ?? [];
  if (isKey !== undefined) return { kind: 'label', key: isKey, in: [isValue] };
  const [, notKey, notValue = ''] = IS_NOT.exec(item) ?? [];
  if (notKey !== undefined) return { kind: 'not-label', key: notKey, in: [notValue] };
  const [, inKey, operator, list = ''] = IN.exec(item) ?? [];
  if (inKey !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    if (!values.every((value) => new RegExp(`^${VALUE}$`).test(value))) return undefined;
    return { kind: operator === 'in' ? 'label' : 'not-label', key: inKey, in: values };
  }
  const [, not, word] = WORD.exec(item) ?? [];
  return word === undefined ? undefined : { kind: not ? 'not-named' : 'named', word };
}

/** Reads names, `!name`, and the parts of a label selector, separated by commas; undefined where it is none of them. */
export function readNodeSelection(text: string): NodeSelection | undefined {
  const items = text
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter(Boolean);
  const requirements = items.flatMap((item) => readRequirement(item) ?? []);
  return items.length > 0 && requirements.length === items.length ? { text, requirements } : undefined;
}

/** As selectors have it: a node without the label is not in any list, and so is one of `!=` and `notin`. */
const hasLabel = ({ labels }: SelectableNode, key: string, values: readonly string[]): boolean =>
  labels[key] !== undefined && values.includes(labels[key]);

export interface Selected {
  names: string[];
  /** Words that are no node's name and no node's label: typing errors. */
  unknown: string[];
}

/** The nodes that are selected: of those that are named, or of all, those of which every other part holds. */
export function selectNodes({ requirements }: NodeSelection, nodes: readonly SelectableNode[]): Selected {
  const isName = (word: string) => nodes.some(({ name }) => name === word);
  const isLabel = (word: string) => nodes.some(({ labels }) => labels[word] !== undefined);
  const named = requirements.flatMap((each) => (each.kind === 'named' && isName(each.word) ? [each.word] : []));
  const holds = (node: SelectableNode, each: NodeRequirement): boolean => {
    switch (each.kind) {
      case 'named':
        return isName(each.word) || node.labels[each.word] !== undefined;
      case 'not-named':
        return isName(each.word) ? node.name !== each.word : node.labels[each.word] === undefined;
      case 'label':
        return hasLabel(node, each.key, each.in);
      case 'not-label':
        return !hasLabel(node, each.key, each.in);
    }
  };
  return {
    names: nodes
      .filter((node) => named.length === 0 || named.includes(node.name))
      .filter((node) => requirements.every((each) => holds(node, each)))
      .map(({ name }) => name),
    unknown: requirements.flatMap((each) =>
      (each.kind === 'named' || each.kind === 'not-named') && !isName(each.word) && !isLabel(each.word)
        ? [each.word]
        : [],
    ),
  };
}
