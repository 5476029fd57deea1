import { isJudged, type ProbeObservation } from '../model/observation.ts';

type Probes = readonly ProbeObservation[];
type Pick = (probe: ProbeObservation) => boolean;
type Rule = (judged: Probes) => string | undefined;

const failed: Pick = ({ verdict }) => verdict === 'fail';
const payload = ({ asked }: ProbeObservation): number | undefined =>
  'payloadBytes' in asked ? asked.payloadBytes : undefined;
const crosses: Pick = ({ source, destination }) =>
  source.node !== undefined && destination.node !== undefined && source.node !== destination.node;
const stays: Pick = ({ source, destination }) => source.node !== undefined && source.node === destination.node;

/** Whether the failures are just those that are picked. */
const exactly = (judged: Probes, pick: Pick): boolean => judged.every((probe) => failed(probe) === pick(probe));

/** The values of a property among the failures, sorted so that the order of the probes does not matter. */
function valuesOf(judged: Probes, read: (probe: ProbeObservation) => string | undefined): string[] {
  return [...new Set(judged.filter(failed).flatMap((probe) => read(probe) ?? []))].toSorted();
}

/** The one value that all failures share; undefined when they do not. */
function shared(judged: Probes, read: (probe: ProbeObservation) => string | undefined): string | undefined {
  const values = valuesOf(judged, read);
  return values.length === 1 && judged.filter(failed).every((probe) => read(probe) !== undefined)
    ? values[0]
    : undefined;
}

const all: Rule = (judged) =>
  judged.every(failed) ? (judged.length === 1 ? 'the one probe fails' : `all ${judged.length} fail`) : undefined;

const acrossNodes: Rule = (judged) => {
  if (!judged.every((probe) => crosses(probe) || stays(probe)) || !exactly(judged, crosses)) return undefined;
  return judged.every(({ role }) => role === 'endpoint')
    ? 'every endpoint on another node fails, every endpoint on the asking node passes'
    : 'every pair that crosses nodes fails, every pair on one node passes';
};

const towardsNode: Rule = (judged) => {
  const node = shared(judged, ({ destination }) => destination.node);
  if (node === undefined) return undefined;
  if (exactly(judged, ({ destination }) => destination.node === node))
    return `every probe towards ${node} fails, every other passes`;
  return exactly(judged, (probe) => probe.destination.node === node && !stays(probe))
    ? `every probe towards ${node} from elsewhere fails, every other passes`
    : undefined;
};

const fromNode: Rule = (judged) => {
  const node = shared(judged, ({ source }) => source.node);
  if (node === undefined) return undefined;
  if (exactly(judged, ({ source }) => source.node === node))
    return `every probe from ${node} fails, every other passes`;
  return exactly(judged, (probe) => probe.source.node === node && !stays(probe))
    ? `every probe from ${node} to elsewhere fails, every other passes`
    : undefined;
};

/** A node whose probes fail both ways: the nodes at the ends of every failure have just one in common. */
const aroundNode: Rule = (judged) => {
  const nodes = valuesOf(judged, ({ source }) => source.node).filter((node) =>
    judged.filter(failed).every(({ source, destination }) => source.node === node || destination.node === node),
  );
  const around = nodes.filter((node) =>
    exactly(judged, (probe) => crosses(probe) && (probe.source.node === node || probe.destination.node === node)),
  );
  return around.length === 1 ? `every probe from or towards ${around[0]} fails, every other passes` : undefined;
};

const pairOf = ({ source, destination }: ProbeObservation): string => `${source.node} → ${destination.node}`;

const onePair: Rule = (judged) => {
  if (!judged.filter(failed).every(crosses)) return undefined;
  const [there = '', back, ...others] = valuesOf(judged, pairOf);
  const reversed = there.split(' → ').toReversed().join(' → ');
  if (others.length > 0 || (back !== undefined && back !== reversed)) return undefined;
  // In part only: some probes of the same pair pass.
  const inPart = exactly(judged, (probe) => [there, back].includes(pairOf(probe))) ? '' : ' in part';
  if (back !== undefined) return `only the pair ${there.replace('→', '↔')} fails${inPart}, in both directions`;
  return (
    `only ${there} ` +
    `fails${inPart}${judged.some((probe) => pairOf(probe) === reversed) ? '; the other direction passes' : ''}`
  );
};

const aboveBytes: Rule = (judged) => {
  // Where pairs on one node pass whatever the size, the sizes of those that cross nodes tell.
  const across = judged.filter((probe) => !stays(probe));
  if (across.length < judged.length && judged.filter(stays).some(failed)) return undefined;
  const passing = across.filter((probe) => !failed(probe)).map(payload);
  const failing = across.filter(failed).map(payload);
  if (passing.length === 0 || [...passing, ...failing].includes(undefined)) return undefined;
  const [largest, smallest] = [Math.max(...passing.map(Number)), Math.min(...failing.map(Number))];
  return largest < smallest
    ? `only payloads above ${largest} bytes fail (from ${smallest} bytes ` +
        `on)${across.length < judged.length ? ', and only across nodes' : ''}`
    : undefined;
};

function byProperty(read: (probe: ProbeObservation) => string | undefined, say: (value: string) => string): Rule {
  return (judged) => {
    const value = shared(judged, read);
    return value !== undefined && exactly(judged, (probe) => read(probe) === value) ? say(value) : undefined;
  };
}

const protocol = byProperty(
  ({ asked }) => asked.protocol,
  (value) => `every probe over ${value.toUpperCase()} fails, every other passes`,
);
const network = byProperty(
  ({ source }) => source.network,
  (value) =>
    value === 'pod' || value === 'host'
      ? `every probe from the ${value} network fails, every other passes`
      : `every probe from ${value} fails, every other passes`,
);
const named = byProperty(
  ({ destination }) => destination.name,
  (value) => `every probe towards ${value} fails, every other passes`,
);

/** From the most to the least telling; the first that explains every failure and every pass is the pattern. */
const rules: Rule[] = [
  all,
  acrossNodes,
  towardsNode,
  fromNode,
  aroundNode,
  aboveBytes,
  onePair,
  protocol,
  network,
  named,
];

/**
 * Names what the failures among probes have in common, as a clause: "every pair that crosses nodes fails, every pair on
 * one node passes", or "3 of 12 fail" where nothing explains them. Probes that were not observed count for nothing but
 * are said. The order of the probes does not matter.
 */
export function patternOf(probes: readonly ProbeObservation[]): string {
  const judged = probes.filter(isJudged);
  const failures = judged.filter(failed).length;
  const unseen = probes.filter(({ verdict }) => verdict === 'inconclusive').length;
  const note = unseen > 0 ? `; ${unseen} not observed` : '';
  if (judged.length === 0) return unseen > 0 ? `none of ${unseen} could be observed` : 'nothing was probed';
  if (failures === 0) return `all ${judged.length} pass${note}`;
  const explained = rules
    .values()
    .map((rule) => rule(judged))
    .find((text) => text !== undefined);
  return `${explained ?? `${failures} of ${judged.length} fail`}${note}`;
}
