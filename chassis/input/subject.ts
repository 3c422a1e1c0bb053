import { Matches } from 'class-validator';
import { SUBJECT } from '../../schema/caller.ts';
import { WithoutIdentityNumber } from './plain-text.ts';

/** A subject of an input: of the kind that tokens carry, and no personal identity number (C1). */
export function IsSubject(): PropertyDecorator {
  return (target, property) => {
    WithoutIdentityNumber()(target, property);
    Matches(SUBJECT, {
      message:
        '$property must be a subject as tokens carry it: 1 to 255 visible ASCII characters, without spaces, that do not begin with import:. Copy it from the query me',
    })(target, property);
  };
}
