-- How long the longest finished claim of a plan took: leases are learnt from it.

ALTER TABLE plans ADD COLUMN longest_step_ms INTEGER CHECK (longest_step_ms >= 0);
ALTER TABLE plans_archive ADD COLUMN longest_step_ms INTEGER;
