-- Lists and queues of one district, and of the whole city: each is read in the order of an index, without looking at
-- rows of others first.
CREATE INDEX case_record_by_region ON case_record (department, region, submitted_at, case_id);
CREATE INDEX case_record_by_time ON case_record (submitted_at, case_id);
CREATE INDEX case_record_by_state_and_time ON case_record (state, submitted_at, case_id);
-- An item belongs to one department, so the department is no part of the key.
DROP INDEX case_record_by_item;
CREATE INDEX case_record_by_item ON case_record (item, submitted_at, case_id);
CREATE INDEX case_worklist_by_region ON case_worklist (department, region, due, case_id, task);
