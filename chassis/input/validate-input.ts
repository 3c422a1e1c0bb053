import { validate } from 'class-validator';
import { type GraphQLResolveInfo, getNamedType, isInputObjectType } from 'graphql';
import type { ResolverData } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';

/** Checks an input by its classes' rules; the first fault is a BAD_USER_INPUT with the path of its field. */
export async function validateInput(input: unknown, _type: unknown, { info }: ResolverData): Promise<void> {
  if (input === null || typeof input !== 'object') return;
  const argument = inputArgumentOf(info);
  const unstorable = unstorableText(input, argument);
  if (unstorable !== null) {
    throw new HubError('BAD_USER_INPUT', 'A text has neither the character NUL nor half a character.', {
      field: unstorable,
    });
  }
  // What must be given is required in the schema; a class' rules are about what is given.
  const [fault] = await validate(input, { forbidUnknownValues: false, skipMissingProperties: true });
  if (fault === undefined) return;
  let [path, deepest] = [`${argument}.${fault.property}`, fault];
  for (let child = fault.children?.[0]; child !== undefined; child = child.children?.[0]) {
    path += `.${child.property}`;
    deepest = child;
  }
  const [message = 'The value is not as expected.'] = Object.values(deepest.constraints ?? {});
  throw new HubError('BAD_USER_INPUT', `${message}.`, { field: path });
}

/** The name of the field's one argument that is an input. */
function inputArgumentOf({ parentType, fieldName }: GraphQLResolveInfo): string {
  const { args = [] } = parentType.getFields()[fieldName] ?? {};
  return args.find(({ type }) => isInputObjectType(getNamedType(type)))?.name ?? 'input';
}

/** The place of the first text that PostgreSQL cannot store, or null. */
function unstorableText(value: unknown, place: string): string | null {
  if (typeof value === 'string') return value.includes('\0') || /\p{Surrogate}/u.test(value) ? place : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, part] of Object.entries(value)) {
    const found = unstorableText(part, `${place}.${name}`);
    if (found !== null) return found;
  }
  return null;
}
