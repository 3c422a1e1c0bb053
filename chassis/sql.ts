/** Runs one statement in the transaction of the seed; the rows come back as objects. */
export type Sql = (text: string, parameters?: readonly unknown[]) => Promise<Record<string, unknown>[]>;
