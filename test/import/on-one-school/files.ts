import { expect, test } from '@jest/globals';
import { ImportFault, type ImportFile, TableRow, UnreadableLine } from '../../../chassis/importer.ts';
import { readImportFile } from '../../../hub/import/import-file.ts';
import { numberOf, person, STRANGER } from '../../setup/school.ts';
import { fileOf, importFile } from './shared-school.ts';

const read = (content: string): ImportFile => readImportFile(fileOf('read', content));

const rows = (content: string): unknown[] =>
  read(content).documents.map((row) => (row instanceof TableRow ? row.cells : row));

test('tells a JSON document, JSON lines and a table apart by what stands in the file', () => {
  expect(read('\ufeff{\n"a": 1}\n')).toEqual({ form: 'document', documents: [{ a: 1 }] });
  expect(read('{"a": 1}\r\n\r\n{"a": 2}\r\n')).toEqual({ form: 'lines', documents: [{ a: 1 }, { a: 2 }] });
  expect(read('[{"a": 1}]\n[{"a": 2}]')).toEqual({ form: 'lines', documents: [[{ a: 1 }], [{ a: 2 }]] });
  expect(read('a\n1')).toEqual({ form: 'table', documents: [new TableRow(['a'], { a: '1' })] });
});

test('a line that is no JSON, or was cut off, is unreadable alone', () => {
  expect(read('{"a": 1}\nname-canary\n{"a": 2}\n{"a": ')).toEqual({
    form: 'lines',
    documents: [{ a: 1 }, new UnreadableLine('is not JSON'), { a: 2 }, new UnreadableLine('is not JSON')],
  });
});

test('reads tables with commas, semicolons or tabs, quotes, line ends of any system, and empty rows', () => {
  const expected = [{ a: 'x, "y"; z', c: '3' }, { b: '2\n2' }];
  for (const delimiter of [',', ';', '\t']) {
    for (const end of ['\n', '\r\n']) {
      const lines = [['a', ' b ', 'c'], ['"x, ""y""; z"', '', '3'], ['', '"2\n2"', ''], ['', '', ''], []];
      expect(rows(`\ufeff${lines.map((line) => line.join(delimiter)).join(end)}${end}`)).toEqual(expected);
    }
  }
});

test('a row with too few or too many values is unreadable alone', () => {
  expect(rows('a,b\n1,2\n1\n1,2,3\n')).toEqual([
    { a: '1', b: '2' },
    new UnreadableLine('has 1 values: expected 2, one for each column'),
    new UnreadableLine('has 3 values: expected 2, one for each column'),
  ]);
});

test('a table that cannot be read is a fault of the file, and nothing of it is quoted', () => {
  const faultOf = (content: string) => {
    try {
      return read(content);
    } catch (fault) {
      return fault instanceof ImportFault ? fault.message.replace(/^The file \S+/, 'The file') : fault;
    }
  };
  expect(faultOf('a,b\n1,"2-canary\n')).toBe('The file is neither JSON nor CSV (line 2): export the whole file again.');
  expect(faultOf('a,a\n1,2\n')).toBe('The file names a column twice: give each column a name of its own.');
});

test('persons come as JSON lines, or as the pages of a server one on each line', async () => {
  const [a, b] = [person('a', numberOf('everything')), person('b', STRANGER)].map((one) => JSON.stringify(one));
  const lines = await importFile(fileOf('lines.ndjson', `${a}\n{"id": "cut-canary\n${b}\n`));
  const pages = await importFile(fileOf('pages.ndjson', `{"data":[${a}],"pageToken":"x"}\n{"data":[${b}]}\n`));

  expect(lines.code).toBe(1);
  expect(lines.out).toMatch(/persons read +3\n[\s\S]*enrolments created +1\n[\s\S]*persons\[1\]: is not JSON\n/);
  expect(lines.out).not.toContain('canary');
  expect(pages.code).toBe(0);
  expect(pages.out).toMatch(/persons read +2\n[\s\S]*enrolments unchanged +1\n/);
});
