-- What the city has set: every version of every topic, in force from a day on. Nothing is ever changed or taken out.
CREATE TABLE settings_version (
  -- calendar, notices or offices.
  topic TEXT NOT NULL,
  -- From 1, without holes.
  version BIGINT NOT NULL,
  -- First day in force, YYYY-MM-DD. Of two versions with the same day the later one counts.
  valid_from TEXT NOT NULL,
  -- The calendar as CSV, the others as JSON.
  body TEXT NOT NULL,
  -- SM3 of the body, hexadecimal.
  digest TEXT NOT NULL,
  -- Why.
  reason TEXT NOT NULL,
  -- Who: login and name as shown.
  account_id BIGINT NOT NULL,
  by_name TEXT NOT NULL,
  -- Milliseconds UTC.
  at BIGINT NOT NULL,
  -- When running deadlines had been computed by it; null: not yet, or nothing to compute.
  applied_at BIGINT,
  PRIMARY KEY (topic, version)
);
