import { type ConstDirectiveNode, Kind } from 'graphql';
import type { SchemaCheck } from './check.ts';
import { directivesNamed, isGuarded } from './labels.ts';
import { objectTypes, stringArgument } from './schema-document.ts';

/**
 * `@open` has a reason and no label beside it that can deny; `@restricted` names somebody. No argument of a label is null: null
 * for `whereabouts` or `roles` would read as less than its author meant.
 */
export const labelsMakeSense: SchemaCheck = {
  rule: 'labels-make-sense',
  *find(schema) {
    for (const type of objectTypes(schema)) {
      const fields = [...type.fields].map(([name, field]) => ({ coordinate: `${type.name}.${name}`, labelled: field }));
      for (const { coordinate, labelled } of [{ coordinate: type.name, labelled: type }, ...fields]) {
        for (const argument of nullArguments(labelled)) {
          yield { coordinate, message: `carries a label with ${argument}: null. State its value, or leave it out.` };
        }
        for (const open of directivesNamed(labelled, 'open')) {
          if (isGuarded(labelled)) {
            yield { coordinate, message: 'is labelled @open and guarded at once. Keep the label that is true.' };
          }
          if (stringArgument(open, 'reason')?.trim() === '') {
            yield { coordinate, message: 'is @open without a reason. State why it is free of personal data.' };
          }
        }
        if (directivesNamed(labelled, 'restricted').some(namesNobody)) {
          yield { coordinate, message: 'is @restricted and names nobody. Name roles, or a relation to the group.' };
        }
      }
    }
  },
};

function nullArguments(labelled: Parameters<typeof isGuarded>[0]): string[] {
  return ['consent', 'restricted', 'open', 'category']
    .flatMap((name) => directivesNamed(labelled, name))
    .flatMap((label) => label.arguments ?? [])
    .flatMap(({ name, value }) => (value.kind === Kind.NULL ? [name.value] : []));
}

function namesNobody(restricted: ConstDirectiveNode): boolean {
  return (restricted.arguments ?? []).every(
    ({ value }) => value.kind === Kind.NULL || (value.kind === Kind.LIST && value.values.length === 0),
  );
}
