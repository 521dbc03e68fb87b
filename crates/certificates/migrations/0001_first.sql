-- One version of a certificate (证照) of one holder.
CREATE TABLE certificate_record (
  -- holder
  subject_id BIGINT NOT NULL,
  -- CertificateId
  id BIGINT NOT NULL,
  -- key of the vocabulary, such as food-operation-licence
  certificate_type TEXT NOT NULL,
  -- name of the certificate as shown
  name TEXT NOT NULL,
  -- certificate number (证照编号), sealed
  number TEXT NOT NULL,
  -- serial part of the identifier, the same in all versions
  serial TEXT NOT NULL,
  -- from 1; +1 with each re-issue
  version BIGINT NOT NULL,
  -- electronic certificate identifier (电子证照标识, GB/T 36904)
  identifier TEXT NOT NULL,
  -- holder's name on the day of issue, sealed
  holder_name TEXT NOT NULL,
  -- further data by field, sealed JSON
  data TEXT NOT NULL,
  -- key of the issuing department
  department TEXT NOT NULL,
  -- number of the case it came out of
  case_number TEXT,
  -- day of issue
  issued_on TEXT NOT NULL,
  -- last valid day; none = no expiry
  expires_on TEXT,
  -- effective | superseded | annulled | cancelled
  status TEXT NOT NULL,
  -- instant it was entered, ms UTC
  at BIGINT NOT NULL,
  -- instant it ceased to be effective, ms UTC
  ended_at BIGINT,
  -- reason given for ending it
  ended_reason TEXT,
  PRIMARY KEY (subject_id, id),
  UNIQUE (subject_id, certificate_type, serial, version),
  UNIQUE (subject_id, case_number, certificate_type)
);

-- Each number of a type is given once; it leads to the newest version.
CREATE TABLE certificate_number (
  -- keyed digest of type and number
  number_key TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  -- CertificateId of the newest version
  certificate_id BIGINT NOT NULL,
  PRIMARY KEY (number_key)
);

-- Each time somebody used a certificate (用证).
CREATE TABLE certificate_use (
  -- holder
  subject_id BIGINT NOT NULL,
  -- ordered by time
  id BIGINT NOT NULL,
  -- CertificateId
  certificate_id BIGINT NOT NULL,
  -- instant, ms UTC
  at BIGINT NOT NULL,
  -- holder | staff | system
  used_by TEXT NOT NULL,
  -- key of the department of a member of staff
  department TEXT,
  -- the case for which it was used
  case_number TEXT NOT NULL,
  -- for what: key of the material, or words
  purpose TEXT NOT NULL,
  PRIMARY KEY (subject_id, id)
);
CREATE INDEX certificate_use_of_one ON certificate_use (subject_id, certificate_id, id);
