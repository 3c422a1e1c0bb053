import { type EntityClass, raw, UnderscoreNamingStrategy } from '@mikro-orm/core';
import { ManyToOne, Property } from '@mikro-orm/decorators/legacy';

const naming = new UnderscoreNamingStrategy();

/** Options of a column, which may be empty. */
interface ColumnOptions {
  readonly nullable?: boolean;
}

/** A column that holds another row's key by value. The database ensures that the row exists. */
export function References(
  entity: () => EntityClass,
  options: ColumnOptions & { readonly primary?: boolean } = {},
): (target: object, property: string) => void {
  return (target, property) => {
    ManyToOne({
      entity,
      mapToPk: true,
      fieldName: naming.propertyToColumnName(property),
      updateRule: 'no action',
      deleteRule: 'no action',
      ...options,
    })(target, property);
  };
}

/** The instant at which a row was recorded, by the database's clock (C8). */
export function RecordedAt(): (target: object, property: string) => void {
  return (target, property) => {
    Property({ type: 'timestamptz', defaultRaw: 'registry.clock()' })(target, property);
  };
}

/** The number of the row's latest revision, counted by the database from 1. */
export function Revision(): (target: object, property: string) => void {
  return (target, property) => {
    Property({ type: 'integer', defaultRaw: '1' })(target, property);
  };
}

/** An instant. */
export function Instant(options: ColumnOptions = {}): (target: object, property: string) => void {
  return (target, property) => {
    Property({ type: 'timestamptz', ...options })(target, property);
  };
}

/** Text. */
export function Text(
  options: ColumnOptions & { readonly default?: string; readonly unique?: string } = {},
): (target: object, property: string) => void {
  return (target, property) => {
    Property({ type: 'text', ...options })(target, property);
  };
}

/** Now, by the database's clock (C8), as a value to write. */
export function databaseNow(): Date {
  return raw<Date>('registry.clock()');
}
