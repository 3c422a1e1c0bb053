import type { SchemaCheck } from '../check.ts';
import { type SchemaDocument, stringArgument } from '../schema-document.ts';
import { type DeclaredCategory, declaredCategories, typesUnder } from './categories.ts';

const CODE = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;
/** ISO 8601, whole years, months, weeks or days. */
const RETENTION = /^P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$/;

/**
 * A category declares everything that a grant and its reader need: a code `<sector>.<kind>`, both names, the secrecy provision,
 * the retention as a duration, and a date that is a field of a record under it (a span is `from..to`).
 */
export const categoriesAreComplete: SchemaCheck = {
  rule: 'categories-are-complete',
  *find(schema) {
    for (const category of declaredCategories(schema)) {
      for (const lack of lacks(schema, category)) {
        yield { coordinate: category.coordinate, message: `declares the category "${category.code}" ${lack}` };
      }
    }
  },
};

function* lacks(schema: SchemaDocument, { code, directive }: DeclaredCategory): Iterable<string> {
  if (!CODE.test(code)) yield 'with a code that is not <sector>.<kind>. Use small letters and hyphens.';
  for (const name of ['nameSv', 'nameEn', 'secrecy']) {
    if (stringArgument(directive, name)?.trim() === '') yield `without ${name}. Fill it in.`;
  }
  const retention = stringArgument(directive, 'retention');
  if (retention !== null && !RETENTION.test(retention)) {
    yield 'with a retention that is not a duration. Write it as P5Y or P18M.';
  }
  const date = stringArgument(directive, 'date');
  if (date === null) return;
  // A data period on a date that no record has would let all records through, or none.
  const dated = typesUnder(schema, code).some((type) => date.split('..').every((field) => type.fields.has(field)));
  if (!dated) yield `with the date "${date}", which no record under it has. Name its date field, or two as from..to.`;
}
