import { expect, test } from '@jest/globals';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { folders } from '../../../chassis/folders.ts';
import type { Subgraph } from '../../../chassis/subgraph.ts';
import { sharedHub } from './shared-hub.ts';

test.each(folders().filter(({ isRegistry }) => !isRegistry))(
  'the classes that $name stores by show no drift from its migrations',
  async ({ name, database, schema }) => {
    const { postgres } = await sharedHub();
    const url = new URL(postgres.sectors.adminUrl);
    url.pathname = `/${database}`;
    const { subgraph } = (await import(`../../../subgraphs/${name}/index.ts`)) as { subgraph: Subgraph };
    const orm = await MikroORM.init({
      clientUrl: url.href,
      schema,
      entities: [...subgraph.entities],
      metadataProvider: ReflectMetadataProvider,
      forceUtcTimezone: true,
      schemaGenerator: {
        // What triggers alone write, and a key, have no class.
        skipTables: [
          `${schema}.migration`,
          'migration',
          'function_file',
          'demo_mark',
          'former_state',
          'cursor_key',
          'import_lock',
        ],
        ignoreTriggers: true,
        ignoreRoutines: true,
      },
    });
    const drift = await orm.schema.getUpdateSchemaSQL();
    await orm.close();
    expect(drift.replace("set names 'utf8';", '').trim()).toBe('');
  },
);
