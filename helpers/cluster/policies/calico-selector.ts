import { every, not, some, type Told } from './told.ts';

/** The value of a label; undefined where there is none, and null where that is not known. */
export type LabelOf = (key: string) => string | undefined | null;
export type Selector = (labelOf: LabelOf) => Told;

const TOKEN =
  /\s*(&&|\|\||!=|==|!|\(|\)|\{|\}|,|"[^"]*"|'[^']*'|all\(\)|global\(\)|starts with|ends with|not in|[\w./-]+)/y;

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (!found?.[1]) return undefined;
    tokens.push(found[1]);
  }
  return tokens;
}

class Unreadable extends Error {}

const unquoted = (token: string | undefined): string => {
  if (token === undefined || !/^["']/.test(token)) throw new Unreadable();
  return token.slice(1, -1);
};

type Comparison = (own: string | undefined) => boolean;

class Parser {
  readonly #tokens: string[];

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  whole(): Selector {
    const selector = this.#either();
    if (this.#tokens.length > 0) throw new Unreadable();
    return selector;
  }

  #takes(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw new Unreadable();
  }

  #either(): Selector {
    const parts = [this.#both()];
    while (this.#takes('||')) parts.push(this.#both());
    return (labelOf) => some(parts.map((part) => part(labelOf)));
  }

  #both(): Selector {
    const parts = [this.#one()];
    while (this.#takes('&&')) parts.push(this.#one());
    return (labelOf) => every(parts.map((part) => part(labelOf)));
  }

  #one(): Selector {
    if (this.#takes('!')) {
      const negated = this.#one();
      return (labelOf) => not(negated(labelOf));
    }
    if (this.#takes('(')) {
      const inner = this.#either();
      this.#expect(')');
      return inner;
    }
    if (this.#takes('all()')) return () => true;
    // What is in no namespace: no pod is.
    if (this.#takes('global()')) return () => false;
    const key = this.#tokens.shift() ?? '';
    if (key === 'has' && this.#takes('(')) {
      const label = this.#tokens.shift() ?? '';
      this.#expect(')');
      return (labelOf) => {
        const own = labelOf(label);
        return own === null ? undefined : own !== undefined;
      };
    }
    if (!/^[\w./-]+$/.test(key)) throw new Unreadable();
    const holds = this.#comparison(this.#tokens.shift());
    return (labelOf) => {
      const own = labelOf(key);
      return own === null ? undefined : holds(own);
    };
  }

  #comparison(operator: string | undefined): Comparison {
    if (operator === 'in' || operator === 'not in') {
      const values = this.#set();
      const isIn: Comparison = (own) => own !== undefined && values.includes(own);
      return operator === 'in' ? isIn : (own) => !isIn(own);
    }
    const value = unquoted(this.#tokens.shift());
    switch (operator) {
      case '==':
        return (own) => own === value;
      case '!=':
        return (own) => own !== value;
      case 'contains':
        return (own) => own?.includes(value) ?? false;
      case 'starts with':
        return (own) => own?.startsWith(value) ?? false;
      case 'ends with':
        return (own) => own?.endsWith(value) ?? false;
      default:
        throw new Unreadable();
    }
  }

  #set(): string[] {
    this.#expect('{');
    const values: string[] = [];
    while (!this.#takes('}')) {
      values.push(unquoted(this.#tokens.shift()));
      if (this.#tokens[0] !== '}') this.#expect(',');
    }
    return values;
  }
}

/**
 * A selector of Calico (docs.tigera.io, Network policy, Selectors): `all()`, `has(k)`, `k == 'v'`, `k in {'v'}` and so
 * on, joined by `&&`, `||`, `!` and brackets. An empty one selects all. Of one that cannot be read nothing is told.
 */
export function parseSelector(text: string): Selector {
  if (text.trim() === '') return () => true;
  const tokens = tokensOf(text);
  try {
    return tokens ? new Parser(tokens).whole() : () => undefined;
  } catch (error) {
    if (error instanceof Unreadable) return () => undefined;
    throw error;
  }
}
