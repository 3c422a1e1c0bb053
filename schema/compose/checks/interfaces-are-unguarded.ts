import { Kind } from 'graphql';
import type { SchemaCheck } from './check.ts';
import { isGuarded } from './labels.ts';

/** No interface and no field of an interface is guarded: a guard there does not reach the object's field that answers. */
export const interfacesAreUnguarded: SchemaCheck = {
  rule: 'interfaces-are-unguarded',
  joined: true,
  *find(schema) {
    for (const type of schema.types.values()) {
      if (type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      const message = 'is guarded on an interface, which guards nothing. Label the fields of the object types.';
      if (isGuarded(type)) yield { coordinate: type.name, message };
      for (const [name, field] of type.fields) {
        if (isGuarded(field)) yield { coordinate: `${type.name}.${name}`, message };
      }
    }
  },
};
