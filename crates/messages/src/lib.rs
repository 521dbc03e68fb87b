//! Messages to the applicant: in the platform, by mail and by SMS.
