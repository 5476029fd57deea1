import type { AgentGot } from '../model/agent-got.ts';

type Answer = Pick<AgentGot['http'], 'status' | 'headers' | 'body'>;

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

/** Times, counts, addresses, hashes: what is likely to be another one the next time. */
const withoutFigures = (text: string): string => text.replaceAll(/[0-9a-f]{8,}|[\da-f:.-]*\d[\da-f:.-]*/gi, '#').trim();

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

/** Whether an answer is like the reference's: true, false, or undefined where those have too little in common. */
export function isAlike({ fields, text }: Reference, { body = '' }: Answer): boolean | undefined {
  if (fields === undefined) return text === undefined ? undefined : withoutFigures(body) === text;
  const own = fieldsOf(body);
  if (!own) return false;
  const keys = Object.keys(fields);
  if (keys.length === 0) return undefined;
  return keys.every((key) => key in own && (fields[key] === undefined || own[key] === fields[key]));
}
