-- What was done to one object, the newest first.
CREATE INDEX audit_record_object ON audit_record (object, act, at);
