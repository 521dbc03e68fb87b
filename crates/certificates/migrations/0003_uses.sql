-- Where a certificate is found by its identifier.
CREATE TABLE certificate_identifier (
  -- electronic certificate identifier (电子证照标识, GB/T 36904)
  identifier TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  -- CertificateId of this very version
  certificate_id BIGINT NOT NULL,
  PRIMARY KEY (identifier)
);
INSERT INTO certificate_identifier (identifier, subject_id, certificate_id)
  SELECT identifier, subject_id, id FROM certificate_record;

-- used, looked, shown or refused.
ALTER TABLE certificate_use ADD COLUMN kind TEXT NOT NULL DEFAULT 'used';
-- duty, consent or own; none: before grounds were kept.
ALTER TABLE certificate_use ADD COLUMN ground TEXT;
-- ConsentId of identity.
ALTER TABLE certificate_use ADD COLUMN consent_id BIGINT;
-- Key of the type, so that figures need no other table.
ALTER TABLE certificate_use ADD COLUMN certificate_type TEXT NOT NULL DEFAULT '';
-- Slug of the item of the case.
ALTER TABLE certificate_use ADD COLUMN item TEXT;
-- Reason code of a refusal.
ALTER TABLE certificate_use ADD COLUMN outcome TEXT;
UPDATE certificate_use SET certificate_type = (SELECT r.certificate_type FROM certificate_record r
  WHERE r.subject_id = certificate_use.subject_id AND r.id = certificate_use.certificate_id);
CREATE INDEX certificate_use_by_type ON certificate_use (certificate_type, kind, item);
