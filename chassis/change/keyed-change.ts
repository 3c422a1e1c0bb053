import { createHash } from 'node:crypto';
import { IsOptional, MaxLength, Min, MinLength } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import { WithoutIdentityNumber } from '../input/plain-text.ts';

/** An input's field `idempotencyKey`, which every change takes. */
export function IdempotencyKey(): (target: object, property: string) => void {
  return (target, property) => {
    IsOptional()(target, property);
    WithoutIdentityNumber()(target, property);
    MinLength(1)(target, property);
    MaxLength(200)(target, property);
    Field(() => String, {
      nullable: true,
      description:
        'A key of your own choice for this change, 1 to 200 characters, without a personal identity number. If you send the key again with the same input, the change is not repeated and the answer is the same. With another input it is BAD_USER_INPUT. It is required where a repeat would make something twice that nothing else identifies.',
    })(target, property);
  };
}

/** An input's field `version`: the version of a record that the caller has read. */
export function VersionRead(): (target: object, property: string) => void {
  return (target, property) => {
    IsOptional()(target, property);
    Min(1)(target, property);
    Field(() => Int, {
      nullable: true,
      description: 'The version that you read, from 1. CONFLICT if it is no longer the latest.',
    })(target, property);
  };
}

/** The fields that every change takes beside its own. */
@InputType()
export class KeyedInput {
  @IdempotencyKey()
  idempotencyKey?: string | null | undefined;
}

/**
 * Throws BAD_USER_INPUT unless the input has a key. For a change that makes something which nothing else identifies, so that a
 * repeat would make a second one.
 */
export function demandKey({ idempotencyKey }: KeyedInput): void {
  if (idempotencyKey != null) return;
  throw new HubError(
    'BAD_USER_INPUT',
    'idempotencyKey is needed, since a repeat without it would record a second one. Send a key of your own choice, for example a UUID, and the same key when you repeat.',
    { field: 'input.idempotencyKey' },
  );
}

/** A change that carries a key. */
export interface KeyedChange {
  readonly mutation: string;
  readonly key: string;
  /** SHA-256 of the input. */
  readonly fingerprint: string;
}

/** The change that an input asks for, if it carries a key. */
export function keyedChange(mutation: string, { idempotencyKey, ...input }: KeyedInput): KeyedChange | null {
  if (idempotencyKey == null) return null;
  return { mutation, key: idempotencyKey, fingerprint: fingerprintOf(input) };
}

/** The SHA-256 of an input. The order of its fields does not matter; absent and null count as equal. */
export function fingerprintOf(input: object): string {
  return createHash('sha256').update(canonical(input)).digest('hex');
}

/** The answer under a key, and the fingerprint of its input. */
export interface KeyAnswer<Answer> {
  readonly fingerprint: string;
  readonly answer: Answer;
}

/** The answer under a change's key; BAD_USER_INPUT if it was the answer to another input. */
export function answerTo<Answer>(keyed: KeyedChange, { fingerprint, answer }: KeyAnswer<Answer>): Answer {
  if (fingerprint === keyed.fingerprint) return answer;
  const expected = 'idempotencyKey was used for another input. Send a new key with a new change.';
  throw new HubError('BAD_USER_INPUT', expected, { field: 'input.idempotencyKey' });
}

/** The same text for the same input, whatever the order of its fields. Absent and null count as equal. */
function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const parts = Object.entries(value)
    .filter(([, part]) => part != null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join()}}`;
}
