import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { ImportFault, type ImportFile, TableRow, UnreadableLine } from '../../chassis/importer.ts';

/**
 * Reads a file of JSON, of one JSON object on each line, or of CSV. Throws an ImportFault that names the fault and quotes nothing
 * of the content. A line that is no JSON, or a row with another number of cells than the first, is an UnreadableLine.
 */
export function readImportFile(file: string): ImportFile {
  const text = decode(file, readBytes(file));
  if (text.trim() === '') throw new ImportFault(`The file ${file} is empty: export it again.`);
  if (!/^\s*[[{]/.test(text)) return { form: 'table', documents: rowsOf(file, text) };
  try {
    return { form: 'document', documents: [JSON.parse(text)] };
  } catch (cause) {
    return { form: 'lines', documents: linesOf(text) ?? notJson(file, text, cause) };
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new ImportFault(`The file ${file} ${why}: name a file that this user can read.`, { cause });
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

/** The objects of JSON lines, empty lines left out; null if the first line is no object, as in a document of several lines. */
function linesOf(text: string): unknown[] | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const read = lines.map((line) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return new UnreadableLine('is not JSON');
    }
  });
  return typeof read[0] === 'object' && !(read[0] instanceof UnreadableLine) ? read : null;
}

function notJson(file: string, text: string, cause: unknown): never {
  // The parser's message quotes what it read, which may be personal data.
  const [, position] = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '') ?? [];
  const near = position === undefined ? '' : ` (line ${text.slice(0, Number(position)).split('\n').length})`;
  throw new ImportFault(`The file ${file} is not JSON${near}: export the whole file again.`, { cause });
}

/** The rows below the first one, which names the columns. */
function rowsOf(file: string, text: string): (TableRow | UnreadableLine)[] {
  const [names = [], ...rows] = cellsOf(file, text).map((cells) => cells.map((cell) => cell.trim()));
  if (new Set(names).size < names.length)
    throw new ImportFault(`The file ${file} names a column twice: give each column a name of its own.`);
  return rows.map((cells) =>
    cells.length === names.length
      ? new TableRow(
          names,
          Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''] as const).filter(isFilled)),
        )
      : new UnreadableLine(`has ${cells.length} values: expected ${names.length}, one for each column`),
  );
}

const isFilled = ([, cell]: readonly [string, string]): boolean => cell !== '';

function cellsOf(file: string, text: string): string[][] {
  try {
    return parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_records_with_empty_values: true,
    });
  } catch (cause) {
    const near = cause instanceof CsvError && typeof cause.lines === 'number' ? ` (line ${cause.lines})` : '';
    throw new ImportFault(`The file ${file} is neither JSON nor CSV${near}: export the whole file again.`, { cause });
  }
}

/** The character that parts the names of the columns: programs write CSV with commas, semicolons or tabs. */
function delimiterOf(text: string): string {
  const [first = ''] = text.trimStart().split(/\r?\n/);
  const times = (character: string) => first.split(character).length;
  return [';', '\t'].find((character) => times(character) > times(',')) ?? ',';
}
