import { Entity, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Text } from './storage.ts';

/** A kind of authority, and the database role by which its subgraph asks. */
@Entity({ tableName: 'sector' })
export class SectorRow {
  @PrimaryKey({ type: 'text' })
  code!: string;

  @Text({ unique: 'sector_login_role_key' })
  loginRole!: string;
}
