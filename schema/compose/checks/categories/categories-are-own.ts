import type { SchemaCheck } from '../check.ts';
import { declaredCategories, usedCategories } from './categories.ts';

/** A subgraph declares and uses categories of its own sector alone: their prefix is the subgraph's name (C9). */
export const categoriesAreOwn: SchemaCheck = {
  rule: 'categories-are-own',
  *find(schema) {
    for (const { coordinate, code } of [...declaredCategories(schema), ...usedCategories(schema)]) {
      if (code.split('.')[0] === schema.name) continue;
      yield {
        coordinate,
        message: `names "${code}", a category of another sector. Use one that starts with "${schema.name}.".`,
      };
    }
  },
};
