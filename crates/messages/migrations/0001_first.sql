-- One message in somebody's space on the platform (消息).
CREATE TABLE message_inbox (
  -- to whom
  subject_id BIGINT NOT NULL,
  -- MessageId: the id of the fact it tells, so that a fact told twice is one message
  id BIGINT NOT NULL,
  -- topic of the fact, such as case.accepted
  event TEXT NOT NULL,
  -- the case it is about
  case_number TEXT NOT NULL,
  -- name of the item applied for
  item_name TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  -- instant of what it tells, ms UTC
  at BIGINT NOT NULL,
  -- instant it was first read, ms UTC
  read_at BIGINT,
  PRIMARY KEY (subject_id, id)
);

-- A message that goes out by another way as well, with its attempts.
CREATE TABLE message_delivery (
  subject_id BIGINT NOT NULL,
  -- MessageId
  message_id BIGINT NOT NULL,
  -- sms | mail
  channel TEXT NOT NULL,
  -- waiting | sent | skipped (no address, or not wanted) | failed
  state TEXT NOT NULL,
  -- attempts begun
  tries BIGINT NOT NULL,
  -- not before this instant, ms UTC; also how long an attempt keeps others away
  due BIGINT NOT NULL,
  -- why the last attempt failed; no addresses
  last_error TEXT,
  -- instant of the end, ms UTC
  ended_at BIGINT,
  PRIMARY KEY (subject_id, message_id, channel)
);
CREATE INDEX message_delivery_due ON message_delivery (state, due);

-- Ways by which somebody wants to be told.
CREATE TABLE message_preference (
  subject_id BIGINT NOT NULL,
  -- e-mail address, sealed
  email TEXT,
  -- wants SMS to the registered phone
  sms BOOLEAN NOT NULL,
  -- instant of the last change, ms UTC
  at BIGINT NOT NULL,
  PRIMARY KEY (subject_id)
);
