import { readFileSync } from 'node:fs';
import { ImportFault } from '../../chassis/importer.ts';

/** The content of a JSON file. Throws an ImportFault that names the fault and quotes nothing of the content. */
export function readJson(file: string): unknown {
  const text = decode(file, readBytes(file));
  if (text.trim() === '') throw new ImportFault(`The file ${file} is empty: expected JSON. Export it again.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes what it read, which may be personal data.
    const [, position] = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '') ?? [];
    const near = position === undefined ? '' : ` (line ${text.slice(0, Number(position)).split('\n').length})`;
    throw new ImportFault(`The file ${file} is not JSON${near}: export the whole file again.`, { cause });
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new ImportFault(`The file ${file} ${why}: name a JSON file that this user can read.`, { cause });
  }
}

/** Decodes UTF-8, with or without a byte order mark. */
function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ImportFault(`The file ${file} is not UTF-8: save it in that encoding.`, { cause });
  }
}
