import { validate } from 'class-validator';
import { type GraphQLResolveInfo, getNamedType, isInputObjectType } from 'graphql';
import type { ResolverData } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';

/** Checks an input by its classes' rules. Throws BAD_USER_INPUT with the path of the field at the first fault. */
export async function validateInput(input: unknown, _type: unknown, { info }: ResolverData): Promise<void> {
  if (input === null || typeof input !== 'object') return;
  const argument = inputArgumentOf(info);
  const unstorable = unstorableText(input, argument);
  if (unstorable !== null) {
    throw new HubError(
      'BAD_USER_INPUT',
      'The text contains a character that cannot be stored: NUL, or half of a surrogate pair. Remove it and send the text again.',
      {
        field: unstorable,
      },
    );
  }
  // The schema requires the fields that must be given; a class's rules are about the fields that are given.
  const [fault] = await validate(input, { forbidUnknownValues: false, skipMissingProperties: true });
  if (fault === undefined) return;
  let [path, deepest] = [`${argument}.${fault.property}`, fault];
  for (let child = fault.children?.[0]; child !== undefined; child = child.children?.[0]) {
    path += `.${child.property}`;
    deepest = child;
  }
  const [message = 'The value is not as the description of the field says'] = Object.values(deepest.constraints ?? {});
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
