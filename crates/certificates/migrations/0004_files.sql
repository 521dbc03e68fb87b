-- The sealed document (版式文件) of one version of a certificate.
CREATE TABLE certificate_file (
  -- holder
  subject_id BIGINT NOT NULL,
  -- CertificateId
  certificate_id BIGINT NOT NULL,
  -- waiting, sealed, or dropped: it ended before it was sealed
  state TEXT NOT NULL,
  -- FileId of the sealed OFD file
  file_id BIGINT,
  -- SM3 of that file, hex
  digest TEXT,
  -- SealId, and the place among its uses
  seal_id BIGINT,
  seal_use BIGINT,
  -- instant at which it was sealed or dropped, ms UTC
  sealed_at BIGINT,
  -- why it still waits: code of the last failure
  waits_for TEXT,
  -- instant from which it is tried, ms UTC
  due BIGINT NOT NULL,
  PRIMARY KEY (subject_id, certificate_id)
);
CREATE INDEX certificate_file_waiting ON certificate_file (state, due);
-- What was issued before documents were made gets its own.
INSERT INTO certificate_file (subject_id, certificate_id, state, due)
  SELECT subject_id, id, 'waiting', at FROM certificate_record WHERE status = 'effective';
