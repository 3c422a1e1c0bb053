import { print } from 'graphql';
import type { SchemaCheck } from './check.ts';
import { directivesNamed } from './labels.ts';

/** `Youth` with the key `id` is the only entity: no other type is joined across agencies (C9). */
export const youthIsTheOnlyEntity: SchemaCheck = {
  rule: 'youth-is-the-only-entity',
  *find(schema) {
    for (const type of schema.types.values()) {
      const keys = directivesNamed(type, 'key').map((key) => print(key));
      if (type.name !== 'Youth') {
        if (keys.length > 0) {
          yield { coordinate: type.name, message: 'is a second entity. Remove its @key, and hang it on Youth.' };
        }
      } else if (keys.length !== 1 || keys[0] !== '@key(fields: "id")') {
        yield {
          coordinate: type.name,
          message: 'has another key than its id. Give it @key(fields: "id") and no other.',
        };
      }
    }
  },
};
