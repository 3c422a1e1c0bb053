-- C16: names a youth's protection to the sectors, without its level. It is drawn anew whenever the protection changes, so that a mark
-- "names no place" counts only under the protection that it was given under.
ALTER TABLE registry.youth ADD COLUMN protection_key uuid NOT NULL DEFAULT gen_random_uuid();
