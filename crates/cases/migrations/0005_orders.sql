-- One item in one state: read in order, without looking at its other states first.
CREATE INDEX case_record_by_item_and_state ON case_record (item, state, submitted_at, case_id);
-- The order of the whole city serves the lists that say so (seq > 0 holds for every case): a planner that takes it for the
-- list of one department, because it lies together on the disk, goes through everybody else's cases.
DROP INDEX case_record_by_time;
CREATE INDEX case_record_by_time ON case_record (submitted_at, case_id) WHERE seq > 0;
