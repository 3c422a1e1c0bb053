import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type pg from 'pg';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from '../decide/context.ts';
import { MAX_YOUTHS } from '../decide/touched.ts';

/** The position up to which one kind of record has been reported. */
export interface NewsPosition {
  /** The snapshot of the database that sees all reported changes, as `pg_snapshot`. */
  readonly snapshot: string;
  /** Marks of the permits under which they were reported. */
  readonly permits: readonly string[];
}

/** The content of a cursor: about one youth, in one sector. */
export interface CursorContent {
  readonly youth: string;
  /** The history that its transaction numbers belong to: a restored database begins anew or goes back. */
  readonly history: string;
  /** Positions by the name of the kind. */
  readonly positions: Readonly<Record<string, NewsPosition>>;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAG = { authTagLength: TAG_BYTES };
/** The longest cursor that is given and taken, in characters. */
const LONGEST = 16_000;

const keys = new WeakMap<pg.Pool, Promise<KeyObject>>();

/** Reads and writes the cursors of one sector for one agency. Another's cursors count as malformed. */
export class CursorSeal {
  readonly #key: KeyObject;
  readonly #for: Buffer;

  private constructor(key: KeyObject, context: HubContext) {
    this.#key = key;
    this.#for = Buffer.from(`samsyn news 1\n${context.sector.name}\n${context.caller.agency}`);
  }

  /** The seal of the sector's database, whose key is read once in the life of a process. */
  static async of(context: HubContext): Promise<CursorSeal> {
    const { pool } = context.sector;
    const known = keys.get(pool) ?? readKey(pool);
    keys.set(pool, known);
    try {
      return new CursorSeal(await known, context);
    } catch (fault) {
      keys.delete(pool);
      throw fault;
    }
  }

  /**
   * The cursor as text; null if it would be too long. It reveals nothing to its holder, not even how much has been written since.
   * Nobody else can make one: from a forged cursor a reader would learn which records were there before.
   */
  seal({ youth, history, positions }: CursorContent): string | null {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, TAG).setAAD(this.#for);
    const plain = deflateRawSync(JSON.stringify([youth, history, positions]));
    const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const text = sealed.toString('base64url');
    return text.length > LONGEST ? null : text;
  }

  /** The content of the cursors, by youth; of several about one youth, the last. BAD_USER_INPUT if one has another seal. */
  open(cursors: readonly string[]): ReadonlyMap<string, CursorContent> {
    if (cursors.length > MAX_YOUTHS) throw malformed();
    return new Map(
      cursors.map((text) => {
        const content = this.#open(text);
        return [content.youth, content];
      }),
    );
  }

  #open(text: string): CursorContent {
    const sealed = Buffer.from(text, 'base64url');
    if (text.length > LONGEST || sealed.length <= NONCE_BYTES + TAG_BYTES) throw malformed();
    const decipher = createDecipheriv(CIPHER, this.#key, sealed.subarray(0, NONCE_BYTES), TAG)
      .setAAD(this.#for)
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      decipher.final();
    } catch {
      throw malformed();
    }
    const [youth, history, positions] = JSON.parse(inflateRawSync(plain).toString()) as [
      string,
      string,
      CursorContent['positions'],
    ];
    return { youth, history, positions };
  }
}

async function readKey(pool: pg.Pool): Promise<KeyObject> {
  const { rows } = await pool.query<{ key: Buffer }>({ name: 'cursor key', text: 'SELECT key FROM agency.cursor_key' });
  const [row] = rows;
  if (row === undefined) throw new Error('agency.cursor_key is empty, but must hold one key. Run the migrations.');
  return createSecretKey(row.key);
}

function malformed(): HubError {
  return new HubError(
    'BAD_USER_INPUT',
    `after takes at most ${MAX_YOUTHS} cursors, each as this field gave it to your agency. Send those, or none to get everything from the start.`,
    { field: 'after' },
  );
}
