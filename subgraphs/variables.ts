import { readFileSync } from 'node:fs';
import { StartError } from './start-error.ts';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables and keeps every fault, so that a person learns all of them at once. */
export class Variables {
  readonly #environment: Environment;
  readonly #faults: string[] = [];

  constructor(environment: Environment = process.env) {
    this.#environment = environment;
  }

  /** The value of `name`, or of the file that `name`_FILE names; undefined when neither is set. */
  optional(name: string): string | undefined {
    const value = this.#environment[name];
    if (value !== undefined && value !== '') return value;
    const file = this.#environment[`${name}_FILE`];
    if (file === undefined || file === '') return undefined;
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      // The fault names the file; the reason (absent, unreadable) shows when one looks.
      this.fault(`${name}_FILE names ${file}, which cannot be read`);
      return '';
    }
  }

  /** The value of `name`; a fault, and '', when it is missing. */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) this.fault(`${name} is missing (or ${name}_FILE)`);
    return value ?? '';
  }

  /** Notes what is wrong. */
  fault(sentence: string): void {
    this.#faults.push(sentence);
  }

  /** Throws a StartError that names every fault so far. */
  check(): void {
    if (this.#faults.length > 0) throw new StartError(`The configuration is not complete: ${this.#faults.join('; ')}.`);
  }
}
