import type { SchemaCheck } from '../check.ts';
import { declaredCategories, usedCategories } from './categories.ts';

/** Every category that a @consent names is declared in the same subgraph, by one @category on its type Youth. */
export const categoriesAreDeclared: SchemaCheck = {
  rule: 'categories-are-declared',
  *find(schema) {
    const declared = declaredCategories(schema);
    const codes = declared.map(({ code }) => code);
    for (const { coordinate, code } of usedCategories(schema)) {
      if (codes.includes(code)) continue;
      yield {
        coordinate,
        message: `names the category "${code}", which nothing declares. Declare it on Youth by @category.`,
      };
    }
    for (const [index, { coordinate, code }] of declared.entries()) {
      if (coordinate !== 'Youth') {
        yield { coordinate, message: `declares the category "${code}". Move its @category to the type Youth.` };
      }
      if (codes.indexOf(code) < index) {
        yield { coordinate, message: `declares the category "${code}" twice. Keep one @category for it.` };
      }
    }
  },
};
