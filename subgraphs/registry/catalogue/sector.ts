import { Entity, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { Text } from '../sql/storage.ts';

/** A kind of authority, and the database role of its subgraph. */
@Entity({ tableName: 'sector' })
export class SectorRow {
  @PrimaryKey({ type: 'text' })
  code!: string;

  @Text({ unique: 'sector_login_role_key' })
  loginRole!: string;
}

/** A kind of authority. */
@Directive('@open(reason: "Which kinds of authority take part is public knowledge.")')
@ObjectType('Sector', { description: 'A kind of authority, for example school (verksamhetsområde).' })
export class Sector {
  @Field(() => ID, { description: 'The sector’s code, for example social-services.' })
  code!: string;
}
