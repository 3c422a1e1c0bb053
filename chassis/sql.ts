/** Runs one statement in the transaction of the seed, its parameters by name as `named` takes them; the rows come back as objects. */
export type Sql = (text: string, values?: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>[]>;
