/**
 * The part of the personnummer library that the tests use. The library's own declarations say `export default`, but its
 * CommonJS build exports the class as the module itself.
 */
export default class Personnummer {
  /** True for a personal identity number or coordination number with a correct check digit. */
  static valid(text: string): boolean;
  /** Throws when `valid` is false. */
  static parse(text: string): Personnummer;
  /** `YYMMDD-NNNC`, or twelve digits when `long`. */
  format(long?: boolean): string;
}
