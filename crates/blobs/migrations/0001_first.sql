-- One uploaded or made file (文件). The bytes lie in the object store under a path made of `at` and `id`.
CREATE TABLE blob_file (
  -- FileId
  id BIGINT NOT NULL,
  -- login that uploaded it; none when the platform made it
  account_id BIGINT,
  -- person or enterprise in whose name it was uploaded
  subject_id BIGINT,
  -- uploaded | made
  origin TEXT NOT NULL,
  -- file name as given, sealed; empty once the bytes are removed
  name TEXT NOT NULL,
  -- media type found in the content; the declared one for quarantined files
  media_type TEXT NOT NULL,
  -- bytes
  size BIGINT NOT NULL,
  -- SM3 of the bytes, 64 hexadecimal digits
  sm3 TEXT NOT NULL,
  -- stored | used | quarantined | removed
  state TEXT NOT NULL,
  -- why it was quarantined: code of the refusal
  reason TEXT,
  -- instant it was stored, ms UTC
  at BIGINT NOT NULL,
  -- instant something first began to refer to it, ms UTC
  used_at BIGINT,
  -- instant the bytes were given up, ms UTC
  removed_at BIGINT,
  -- the bytes are gone from the object store
  gone BOOLEAN NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX blob_file_sweep ON blob_file (state, gone, at);
