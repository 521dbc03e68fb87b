//! Every statement of identity. All are prepared on both databases by a test.

db::statements! {
    /// Registers a subject.
    ADD_SUBJECT = "INSERT INTO identity_subject (subject_id, kind, document_kind, document_number, name, phone, address,
        birth_date, sex, region, legal_representative, level, verified_by, registered_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)";
    /// One subject.
    SUBJECT = "SELECT subject_id, kind, document_kind, document_number, name, phone, address, birth_date, sex, region,
        legal_representative, level, verified_by, version FROM identity_subject WHERE subject_id = $1";
    /// Writes the sealed fields of a subject anew, unless somebody changed it meanwhile.
    RESEAL_SUBJECT = "UPDATE identity_subject SET document_number = $3, phone = $4, address = $5, version = version + 1
        WHERE subject_id = $1 AND version = $2";
    /// Subjects in order, to be gone through.
    SUBJECTS_AFTER = "SELECT subject_id, kind, document_kind, document_number, name, phone, address, birth_date, sex, region,
        legal_representative, level, verified_by, version FROM identity_subject WHERE subject_id > $1
        ORDER BY subject_id LIMIT $2";
    /// Takes a number for a subject; no row when another subject has it.
    ADD_KEY = "INSERT INTO identity_key (blind, subject_id) VALUES ($1, $2) ON CONFLICT (blind) DO NOTHING RETURNING subject_id";
    /// Whose number it is.
    KEY = "SELECT subject_id FROM identity_key WHERE blind = $1";
    /// Adds a mandate; no row when it is there.
    ADD_MANDATE = "INSERT INTO identity_mandate (subject_id, person_id, role, since, until) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (subject_id, person_id, role, since) DO NOTHING RETURNING person_id";
    /// Ends a mandate before its time.
    END_MANDATE = "UPDATE identity_mandate SET ended_at = $5
        WHERE subject_id = $1 AND person_id = $2 AND role = $3 AND since = $4 AND ended_at IS NULL";
    /// Mandates of an enterprise that were not ended.
    MANDATES = "SELECT subject_id, person_id, role, since, until FROM identity_mandate
        WHERE subject_id = $1 AND ended_at IS NULL ORDER BY role, since, person_id";
    /// Mandates of one person for one enterprise that were not ended.
    MANDATES_OF = "SELECT subject_id, person_id, role, since, until FROM identity_mandate
        WHERE subject_id = $1 AND person_id = $2 AND ended_at IS NULL ORDER BY role, since";
    /// Mandates of one person for any enterprise that were not ended.
    MANDATES_FOR = "SELECT subject_id, person_id, role, since, until FROM identity_mandate
        WHERE person_id = $1 AND ended_at IS NULL ORDER BY subject_id, role, since";
    /// Changes the phone of a subject, unless somebody changed it meanwhile.
    SET_PHONE = "UPDATE identity_subject SET phone = $3, version = version + 1 WHERE subject_id = $1 AND version = $2";
    /// Begins a step that rests on a code.
    ADD_FLOW = "INSERT INTO identity_flow (digest, purpose, body, code_until, tries, expires_at) VALUES ($1, $2, $3, 0, 0, $4)";
    /// A step under way.
    FLOW = "SELECT purpose, body, code_until, proven_at, expires_at FROM identity_flow WHERE digest = $1";
    /// Puts a new code.
    PUT_CODE = "UPDATE identity_flow SET body = $2, code = $3, code_until = $4, tries = 0, proven_at = NULL WHERE digest = $1";
    /// Counts a try at a code that still holds.
    TRY_CODE = "UPDATE identity_flow SET tries = tries + 1 WHERE digest = $1 AND purpose = $2 AND code IS NOT NULL
        AND tries < $3 AND code_until > $4 AND expires_at > $4 RETURNING code";
    /// Writes down that a code was right, and uses it up.
    PROVE_FLOW = "UPDATE identity_flow SET proven_at = $2, code = NULL WHERE digest = $1";
    /// Ends a step.
    END_FLOW = "DELETE FROM identity_flow WHERE digest = $1";
    /// Forgets steps that nobody finished.
    SWEEP_FLOWS = "DELETE FROM identity_flow WHERE expires_at <= $1";
    /// The personal login of a person.
    PERSONAL = "SELECT account_id FROM identity_personal WHERE subject_id = $1";
    /// Notes the personal login of a person; no row when there is one.
    ADD_PERSONAL = "INSERT INTO identity_personal (subject_id, account_id) VALUES ($1, $2)
        ON CONFLICT (subject_id) DO NOTHING RETURNING account_id";
    /// Forgets the personal login that was closed.
    END_PERSONAL = "DELETE FROM identity_personal WHERE account_id = $1
        AND subject_id = (SELECT subject_id FROM identity_account WHERE account_id = $1)";
    /// Opens a login.
    ADD_ACCOUNT = "INSERT INTO identity_account (account_id, kind, username, name, subject_id, person_id, password, password_at,
        state, opened_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $8, 1)";
    /// Takes a username; no row when it is taken.
    ADD_USERNAME = "INSERT INTO identity_username (username, account_id) VALUES ($1, $2)
        ON CONFLICT (username) DO NOTHING RETURNING account_id";
    /// Whose username it is.
    USERNAME = "SELECT account_id FROM identity_username WHERE username = $1";
    /// One login with its post.
    ACCOUNT = "SELECT a.account_id, a.kind, a.username, a.name, a.subject_id, a.person_id, a.password, a.password_at, a.state,
        a.opened_at, a.version, s.department, s.region, s.post, s.roles, s.requested_roles
        FROM identity_account a LEFT JOIN identity_staff s ON s.account_id = a.account_id WHERE a.account_id = $1";
    /// Changes whether a login may be used.
    SET_STATE = "UPDATE identity_account SET state = $2, version = version + 1 WHERE account_id = $1 AND state <> $2";
    /// Changes a password, unless somebody changed the login meanwhile.
    SET_PASSWORD = "UPDATE identity_account SET password = $3, password_at = $4, version = version + 1
        WHERE account_id = $1 AND version = $2";
    /// Keeps a replaced password.
    KEEP_PASSWORD = "INSERT INTO identity_password (account_id, replaced_at, password) VALUES ($1, $2, $3)
        ON CONFLICT (account_id, replaced_at) DO NOTHING";
    /// Passwords a login had before, newest first.
    PASSWORDS = "SELECT password FROM identity_password WHERE account_id = $1 ORDER BY replaced_at DESC LIMIT $2";
    /// Adds the post of a member of staff.
    ADD_STAFF = "INSERT INTO identity_staff (account_id, department, region, post, roles) VALUES ($1, $2, $3, $4, $5)";
    /// Asks for roles.
    REQUEST_ROLES = "UPDATE identity_staff SET requested_roles = $2 WHERE account_id = $1";
    /// Grants the roles that were asked for, if they are still the same.
    GRANT_ROLES = "UPDATE identity_staff SET roles = requested_roles, requested_roles = NULL
        WHERE account_id = $1 AND requested_roles = $2";
    /// Staff of one department, or of all.
    STAFF = "SELECT a.account_id, a.username, a.name, a.state, s.department, s.region, s.post, s.roles, s.requested_roles
        FROM identity_staff s JOIN identity_account a ON a.account_id = s.account_id
        WHERE (CAST($1 AS TEXT) IS NULL OR s.department = $1) AND s.account_id > $2 ORDER BY s.account_id LIMIT $3";
    /// Begins a session.
    ADD_SESSION = "INSERT INTO identity_session (digest, session_id, account_id, kind, label, created_at, last_seen_at,
        expires_at, idle_ms, address, agent, acting_for) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// The session behind a token.
    SESSION = "SELECT session_id, account_id, kind, label, created_at, last_seen_at, expires_at, idle_ms, address, agent, acting_for
        FROM identity_session WHERE digest = $1";
    /// Writes down that a session was used.
    TOUCH = "UPDATE identity_session SET last_seen_at = $2 WHERE digest = $1 AND last_seen_at < $2";
    /// Sessions of a login, newest first.
    SESSIONS = "SELECT session_id, account_id, kind, label, created_at, last_seen_at, expires_at, idle_ms, address, agent, acting_for
        FROM identity_session WHERE account_id = $1 AND kind = $2 AND expires_at > $3 AND (idle_ms IS NULL OR last_seen_at + idle_ms > $3)
        AND session_id < $4
        ORDER BY session_id DESC LIMIT $5";
    /// Changes for whom a person acts in a session.
    SET_ACTING = "UPDATE identity_session SET acting_for = $2 WHERE digest = $1";
    /// Ends the session behind a token.
    END_DIGEST = "DELETE FROM identity_session WHERE digest = $1 RETURNING session_id";
    /// Ends one session of a login.
    END_SESSION = "DELETE FROM identity_session WHERE account_id = $1 AND session_id = $2";
    /// Ends all sessions of a login but one.
    END_OTHERS = "DELETE FROM identity_session WHERE account_id = $1 AND session_id <> $2";
    /// Forgets sessions that ended.
    SWEEP_SESSIONS = "DELETE FROM identity_session WHERE expires_at <= $1";
    /// Reads failures, and holds the row until the transaction ends.
    HOLD_ATTEMPTS = "INSERT INTO identity_attempt (name, recent, locked_until, touched_at) VALUES ($1, '[]', 0, $2)
        ON CONFLICT (name) DO UPDATE SET touched_at = excluded.touched_at RETURNING recent, locked_until";
    /// Writes failures.
    SET_ATTEMPTS = "UPDATE identity_attempt SET recent = $2, locked_until = $3 WHERE name = $1";
    /// Failures of one name or address.
    ATTEMPTS = "SELECT recent, locked_until FROM identity_attempt WHERE name = $1";
    /// Forgets failures of long ago.
    SWEEP_ATTEMPTS = "DELETE FROM identity_attempt WHERE touched_at <= $1 AND locked_until <= $2";
    /// Keeps a consent.
    ADD_CONSENT = "INSERT INTO identity_consent (subject_id, id, grantee, certificate_types, fields, purpose, purpose_name,
        case_number, scope, until, granted_at, method, account_id, text_version, status)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// One consent.
    CONSENT = "SELECT subject_id, id, grantee, certificate_types, fields, purpose, purpose_name, case_number, scope, until, granted_at,
        method, account_id, text_version, status, ended_at
        FROM identity_consent WHERE subject_id = $1 AND id = $2";
    /// Consents of somebody, newest first, a page of them.
    CONSENTS = "SELECT subject_id, id, grantee, certificate_types, fields, purpose, purpose_name, case_number, scope, until, granted_at,
        method, account_id, text_version, status, ended_at
        FROM identity_consent WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Consents in favour of one body that were not ended, oldest first.
    ACTIVE_CONSENTS = "SELECT subject_id, id, grantee, certificate_types, fields, purpose, purpose_name, case_number, scope, until, granted_at,
        method, account_id, text_version, status, ended_at
        FROM identity_consent WHERE subject_id = $1 AND grantee = $2 AND status = 'active' ORDER BY id";
    /// Ends a consent that was not ended yet.
    END_CONSENT = "UPDATE identity_consent SET status = $3, ended_at = $4
        WHERE subject_id = $1 AND id = $2 AND status = 'active'";
    /// Ends the consents that were given until a case closes.
    CLOSE_CONSENTS = "UPDATE identity_consent SET status = 'closed', ended_at = $3
        WHERE subject_id = $1 AND case_number = $2 AND scope = 'case' AND status = 'active'";
}
