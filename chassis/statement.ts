import { LRUCache } from 'lru-cache';

/** A statement in pg's form: its parameters are numbered, and their values stand in that order. */
export interface Numbered {
  readonly text: string;
  readonly values: unknown[];
}

/** A numbered statement that the database prepares under its name. */
export interface Prepared extends Numbered {
  readonly name: string;
}

/** A text to be sent, and the names of its parameters in the order of their numbers. */
interface Reading {
  readonly text: string;
  readonly names: readonly string[];
}

/**
 * Matches strings, quoted identifiers, comments and casts, in which a colon begins no name; then names, which follow no word and
 * no bracket, unlike the bound of an array slice; and numbers that somebody wrote by hand.
 */
const TOKEN =
  /\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"[^"]*"|--.*|\/\*[\s\S]*?\*\/|\$([a-z_]\w*)?\$[\s\S]*?\$\1\$|::|(?<![\w)\]]):(?<name>[a-z]\w*)|(?<number>\$\d+)/gi;

/** More texts than a process normally uses; the limit keeps texts that depend on a client's choice from filling the memory. */
const readings = new LRUCache<string, Reading>({ max: 2_000 });

/**
 * Numbers the names of a statement, written `:name`, and puts the values in that order. A text is read once. Throws a TypeError
 * unless the values are exactly those that the text names, and none of them is undefined.
 */
export function named(text: string, values: object): Numbered {
  const known = readings.get(text);
  if (known !== undefined) return numbered(known, values);
  const reading = readingOf(text);
  readings.set(text, reading);
  return numbered(reading, values);
}

/**
 * A statement that is prepared under its name. `text` names its parameters as for `named`, and is read at once. The compiler
 * checks every call against `Values`, and the call checks its values against the text.
 */
export function statement<Values extends object>(name: string, text: string): (values: Values) => Prepared {
  const reading = readingOf(text);
  return (values) => ({ name, ...numbered(reading, values) });
}

/** Makes a value a parameter of a statement, and returns its SQL. */
export type Bind = (value: unknown, type: string) => string;

/** The values of one statement whose conditions depend on the question. */
export class Bindings {
  readonly #values: Record<string, unknown> = {};
  #count = 0;

  readonly bind: Bind = (value, type) => {
    this.#count += 1;
    const name = `bound${this.#count}`;
    this.#values[name] = value;
    return `:${name}::${type}`;
  };

  /** The statement, with the values that have been bound. */
  statement(text: string): Numbered {
    return named(text, this.#values);
  }
}

function readingOf(given: string): Reading {
  const names: string[] = [];
  const text = given.replace(TOKEN, (token, ...rest: unknown[]) => {
    const { name, number } = rest.at(-1) as { name?: string; number?: string };
    if (number !== undefined) throw new TypeError(`Name the parameter ${number} instead of numbering it: ${given}`);
    if (token.startsWith('/*') && token.includes('/*', 2)) {
      throw new TypeError(`A comment stands inside a comment, which is not supported. Take it out: ${given}`);
    }
    if (name === undefined) return token;
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { text, names };
}

function numbered({ text, names }: Reading, given: object): Numbered {
  const values = names.map((name) => (Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined));
  if (values.includes(undefined) || Object.keys(given).length !== names.length) throw mismatch(names, given, text);
  return { text, values };
}

function mismatch(names: readonly string[], given: object, text: string): TypeError {
  const missing = names.filter((name) => !Object.hasOwn(given, name) || Reflect.get(given, name) === undefined);
  const unused = Object.keys(given).filter((name) => !names.includes(name));
  return new TypeError(
    `A statement must get one value for each of its names. Without a value: ${missing.join(', ') || 'none'}. Not in the text: ${unused.join(', ') || 'none'}. ${text}`,
  );
}
