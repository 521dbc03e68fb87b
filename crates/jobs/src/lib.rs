//! Workers over the outbox and over schedules.
