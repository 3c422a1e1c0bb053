-- Sums of the settled days of the access log, so that who counts a year of it need not read a year of it. A day in Sweden is
-- settled when it has been over for an hour and all its entries are sealed; then it is summed once. A day has right sums or
-- none: what comes late is sealed with a mark on its day, and from that leaf on the day's sums do not count any more. They follow
-- from the log alone and can be made anew at any time. Whoever may not read the log's rows may not read them either.

-- How many entries there are of each combination of values, in an hour (H), day (D) or month (M) that begins at `at`. A cube is a
-- choice of columns, and the others are null in it (subgraphs/registry/log/sums/cubes.ts). Two are of what reviews look for, and
-- have only what may be found: callers by how many youths in an hour (Y), and by how many denied requests in a day (N).
CREATE TABLE registry.log_sum (
  cube "char" NOT NULL CHECK (cube IN ('C', 'K', 'A', 'P', 'Y', 'N')),
  grain "char" NOT NULL CHECK (grain IN ('H', 'D', 'M')),
  permitted boolean,
  category smallint,
  entries int NOT NULL,
  at timestamptz NOT NULL,
  agency int,
  source int,
  reason registry.reason,
  programme uuid,
  kind text,
  caller text,
  actor text
);
CREATE INDEX log_sum_place ON registry.log_sum (cube, grain, at);

-- The days and months that are summed: from the entries whose leaf is before `leaf`.
CREATE TABLE registry.summed_period (
  grain "char" NOT NULL CHECK (grain IN ('D', 'M')),
  at timestamptz NOT NULL,
  until timestamptz NOT NULL,
  leaf bigint NOT NULL,
  PRIMARY KEY (grain, at)
);

-- The days of which entries were sealed when they may have been settled, and the last leaf with which that happened.
CREATE TABLE registry.late_day (
  at timestamptz PRIMARY KEY,
  leaf bigint NOT NULL
);
