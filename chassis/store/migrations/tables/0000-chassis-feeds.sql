-- The content that a feed last sent for a record, as a SHA-256. A feed that sends it again changes nothing, so that what staff did
-- in the meantime stands.
create table agency.fed_content (
  record uuid not null,
  -- The mutation or the format of the file.
  feed text not null,
  content text not null,
  primary key (record, feed)
);
