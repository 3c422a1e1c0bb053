import type { SchemaCheck } from './check.ts';

/** Every type, field and input field has a description, since descriptions are the users' manual. The root types need none. */
export const everythingIsDescribed: SchemaCheck = {
  rule: 'everything-is-described',
  *find(schema) {
    const message = 'has no description. Describe it in one sentence, with the Swedish term if there is one.';
    for (const type of schema.types.values()) {
      const isRoot = Object.values(schema.roots).includes(type.name);
      if (!isRoot && type.description !== undefined && isBlank(type.description)) {
        yield { coordinate: type.name, message };
      }
      for (const field of [...type.fields.values(), ...type.inputs]) {
        if (isBlank(field.description?.value)) yield { coordinate: `${type.name}.${field.name.value}`, message };
      }
    }
  },
};

function isBlank(description: string | null | undefined): boolean {
  return (description ?? '').trim() === '';
}
