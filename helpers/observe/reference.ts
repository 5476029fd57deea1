import type { AgentGot } from '../model/agent-got.ts';
import type { ErrorKind } from '../model/observation.ts';

export type Answer = Pick<AgentGot['http'], 'status' | 'headers' | 'body'>;

/**
 * What a Service's own pods answer when they are asked directly: of several answers, what is the same in all. It leaves
 * out what changes from pod to pod and from time to time.
 */
export interface Reference {
  /** Every status that one of them gave; none of pods that do not speak HTTP. */
  statuses: readonly number[];
  /** Every one of them was reached and spoke something else. */
  isNotHttp?: true;
  /** Every one of them took the connection, and none answered in full in the time that a probe has. */
  isLate?: true;
  /** What kind of thing the body is, without parameters; absent where that differs. */
  mediaType?: string;
  /** Where every body is a JSON object: each field that all have, and its value where that is the same and a word. */
  fields?: Readonly<Record<string, string | undefined>>;
  /** Else the text, without its figures, where it is the same. */
  text?: string;
}

/** For example `text/html`; empty where the answer does not say. */
export const mediaTypeOf = ({ headers = {} }: Pick<Answer, 'headers'>): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * How a Deployment's pods are called after its name: hash and suffix are of these signs alone (SafeEncodeString and
 * String in apimachinery's pkg/util/rand). Of one pod it cannot be seen that another is called otherwise.
 */
const GENERATED = /-(?:[bcdfghjklmnpqrstvwxz2456789]{5,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;

/** Names of pods, times, counts, addresses, hashes: what is likely to be another one the next time. */
const withoutFigures = (text: string): string =>
  text
    .replaceAll(GENERATED, '-#')
    .replaceAll(/[0-9a-f]{8,}|[\da-f:.-]*\d[\da-f:.-]*/gi, '#')
    .trim();

function fieldsOf(body: string): Record<string, string> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, JSON.stringify(value)]));
  } catch {
    return undefined;
  }
}

/** The value that all give, where that is one and holds no figure. */
const sameWord = (values: readonly (string | undefined)[]): string | undefined =>
  new Set(values).size === 1 && values[0] !== undefined && withoutFigures(values[0]) === values[0]
    ? values[0]
    : undefined;

function sameFields(all: readonly Record<string, string>[]): Reference['fields'] {
  const keys = Object.keys(all[0] ?? {}).filter((key) => all.every((fields) => key in fields));
  return Object.fromEntries(keys.map((key) => [key, sameWord(all.map((fields) => fields[key]))]));
}

/** What a Service's pods answered, as something to compare with; undefined of no answer. */
export function referenceOf(answers: readonly Answer[]): Reference | undefined {
  const statuses = [...new Set(answers.flatMap(({ status }) => (status === undefined ? [] : [status])))];
  if (statuses.length === 0) return undefined;
  const mediaTypes = new Set(answers.map(mediaTypeOf));
  const [mediaType] = mediaTypes;
  const bodies = answers.map(({ body = '' }) => body);
  const objects = bodies.map(fieldsOf).filter((fields) => fields !== undefined);
  const texts = new Set(bodies.map(withoutFigures));
  const [text] = texts;
  return {
    statuses,
    ...(mediaTypes.size === 1 && { mediaType }),
    // A field that only some states have is not missed in the others.
    ...(statuses.length === 1 &&
      (objects.length === bodies.length ? { fields: sameFields(objects) } : texts.size === 1 && { text })),
  };
}

/** How one pod answered, or how it did not. */
export type Tried = { answer: Answer } | { error: ErrorKind; isLate: boolean };

/** How a port ends a request that does not speak HTTP, or not to us: another protocol, TLS, a mesh's own rules. */
const NOT_HTTP: ReadonlySet<ErrorKind> = new Set(['wrong-answer', 'reset']);

/** A pod that took no connection says nothing of what it answers: one that is ending, or does not serve yet. */
const tookConnection = (each: Tried): boolean => 'answer' in each || each.isLate || NOT_HTTP.has(each.error);

/** Of all that took a connection: where none speaks HTTP, or none answers in time, that is what is known of them. */
export function referenceBy(all: readonly Tried[]): Reference | undefined {
  const tried = all.filter(tookConnection);
  const isEach = (is: (error: Extract<Tried, { error: ErrorKind }>) => boolean): boolean =>
    tried.length > 0 && tried.every((each) => 'error' in each && is(each));
  if (isEach(({ isLate }) => isLate)) return { statuses: [], isLate: true };
  return isEach(({ error }) => NOT_HTTP.has(error))
    ? { statuses: [], isNotHttp: true }
    : referenceOf(tried.flatMap((each) => ('answer' in each ? [each.answer] : [])));
}

/** Whether an answer is like the reference's: true, false, or undefined where those have too little in common. */
export function isAlike({ fields, text }: Reference, { body = '' }: Answer): boolean | undefined {
  if (fields === undefined) return text === undefined ? undefined : withoutFigures(body) === text;
  const own = fieldsOf(body);
  if (!own) return false;
  const keys = Object.keys(fields);
  if (keys.length === 0) return undefined;
  return keys.every((key) => key in own && (fields[key] === undefined || own[key] === fields[key]));
}
