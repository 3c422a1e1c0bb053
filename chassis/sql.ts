/** Runs one statement in its owner's transaction, with parameters by name as in `named`, and returns the rows as objects. */
export type Sql = (text: string, values?: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>[]>;
