import type { EntityClass } from '@mikro-orm/core';
import { BarRow } from './bar/bar.ts';
import { AgencyRow } from './catalogue/agency.ts';
import { CategoryRow } from './catalogue/category.ts';
import { ProgrammeAgencyRow, ProgrammeRow } from './catalogue/programme.ts';
import { SectorRow } from './catalogue/sector.ts';
import { AnsweredKeyRow } from './change/answered-key.ts';
import { ConsentRow, SupersessionRow } from './consent/consent.ts';
import { ConsentGrantRow } from './consent/grant.ts';
import { SignatureRow } from './consent/signature.ts';
import { StatementReachRow, StatementRow } from './consent/statement.ts';
import { WaiverRow } from './consent/waiver.ts';
import { InterventionGroupRow } from './group/group.ts';
import { SeatRow } from './group/seat.ts';
import { AlarmRow } from './log/alarm/alarm.ts';
import { TellingRow } from './log/report/telling.ts';
import { ReviewEntryRow, ReviewRow } from './log/review/review.ts';
import { GroupUpdateRow } from './view/group-update.ts';
import { CustodyRow } from './youth/custody.ts';
import { YouthRow } from './youth/youth.ts';

/** All entities of the registry. */
export const entities: readonly EntityClass[] = [
  SectorRow,
  CategoryRow,
  AgencyRow,
  YouthRow,
  CustodyRow,
  ProgrammeRow,
  ProgrammeAgencyRow,
  InterventionGroupRow,
  SeatRow,
  ConsentRow,
  SupersessionRow,
  ConsentGrantRow,
  SignatureRow,
  WaiverRow,
  StatementRow,
  StatementReachRow,
  BarRow,
  GroupUpdateRow,
  AnsweredKeyRow,
  ReviewRow,
  ReviewEntryRow,
  AlarmRow,
  TellingRow,
];
