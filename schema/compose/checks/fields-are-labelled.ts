import type { SchemaCheck } from './check.ts';
import { isLabelled } from './labels.ts';
import { objectTypes } from './schema-document.ts';

/** Every field of every object type has a label that decides who may read it, on itself or on its type. */
export const fieldsAreLabelled: SchemaCheck = {
  rule: 'fields-are-labelled',
  joined: true,
  *find(schema) {
    for (const type of objectTypes(schema)) {
      if (isLabelled(type)) continue;
      for (const [name, field] of type.fields) {
        if (isLabelled(field)) continue;
        yield {
          coordinate: `${type.name}.${name}`,
          message: 'carries no label. Put @consent, @restricted or @open(reason:) on it, or on its type.',
        };
      }
    }
  },
};
