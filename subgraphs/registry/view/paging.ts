/** The values of a page that a statement takes. */
export interface AskedPage {
  readonly after: string | null;
  readonly rows: number;
}

/** SQL of the rows of a page without the row after it, which only shows that there is more. */
export const LISTED = 'FROM (SELECT * FROM page ORDER BY id LIMIT :rows::int - 1) AS listed';

/** The description of the argument `first` of a list. */
export const FIRST = 'The largest number to return, from 1 to 200.';

/** The description of the argument `after` of a list. */
export const AFTER = 'The endCursor of the previous page.';
