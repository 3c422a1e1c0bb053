/** The contract's scalars, for the classes of a subgraph. */
export { DateOnly, DateTime } from '../../schema/scalars.ts';
