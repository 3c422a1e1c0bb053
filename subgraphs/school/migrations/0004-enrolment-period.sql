-- The first and the last day of an enrolment, to which a grant's data period applies. Neither is known of earlier records.
alter table agency.enrolment add column "from" date null, add column "to" date null;
