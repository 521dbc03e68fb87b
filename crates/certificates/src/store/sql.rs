//! Every statement over the tables `certificate_*`.

db::statements! {
    /// A new version of a certificate.
    INSERT = "INSERT INTO certificate_record (subject_id, id, certificate_type, name, number, serial, version, identifier, \
        holder_name, data, department, case_number, issued_on, expires_on, status, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// One certificate of a holder.
    FIND = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at, suspended_from, suspended_to \
        FROM certificate_record WHERE subject_id = $1 AND id = $2";
    /// Effective certificates of a holder.
    EFFECTIVE = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at, suspended_from, suspended_to \
        FROM certificate_record WHERE subject_id = $1 AND status = 'effective' \
        ORDER BY certificate_type, issued_on DESC, id DESC";
    /// All certificates of a holder, newest first, a page of them.
    PAGE = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at, suspended_from, suspended_to \
        FROM certificate_record WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// All versions of one certificate, newest first.
    VERSIONS = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at, suspended_from, suspended_to \
        FROM certificate_record WHERE subject_id = $1 AND certificate_type = $2 AND serial = $3 ORDER BY version DESC";
    /// What a case has issued already.
    OF_CASE = "SELECT subject_id, id, certificate_type, name, number, serial, version, identifier, holder_name, \
        data, department, case_number, issued_on, expires_on, status, ended_at, suspended_from, suspended_to \
        FROM certificate_record WHERE subject_id = $1 AND case_number = $2 AND certificate_type = $3";
    /// Ends an effective certificate; no row changed means it has ended meanwhile.
    END = "UPDATE certificate_record SET status = $3, ended_at = $4, ended_reason = $5 \
        WHERE subject_id = $1 AND id = $2 AND status = 'effective'";
    /// Suspends an effective certificate that is not suspended on this day or later.
    SUSPEND = "UPDATE certificate_record SET suspended_from = $3, suspended_to = $4 \
        WHERE subject_id = $1 AND id = $2 AND status = 'effective' \
        AND (suspended_from IS NULL OR (suspended_to IS NOT NULL AND suspended_to < $5))";
    /// Lifts a suspension.
    RESTORE = "UPDATE certificate_record SET suspended_from = NULL, suspended_to = NULL \
        WHERE subject_id = $1 AND id = $2 AND status = 'effective' AND suspended_from IS NOT NULL";
    /// Gives a number to a holder's certificate; no row changed means that another holder has it.
    TAKE_NUMBER = "INSERT INTO certificate_number (number_key, subject_id, certificate_id) VALUES ($1, $2, $3) \
        ON CONFLICT (number_key) DO UPDATE SET certificate_id = excluded.certificate_id \
        WHERE certificate_number.subject_id = excluded.subject_id";
    /// Whose a number is.
    FIND_NUMBER = "SELECT subject_id, certificate_id FROM certificate_number WHERE number_key = $1";
    /// Keeps where a certificate is found by its identifier.
    INSERT_IDENTIFIER = "INSERT INTO certificate_identifier (identifier, subject_id, certificate_id) VALUES ($1, $2, $3)";
    /// Whose an identifier is.
    FIND_IDENTIFIER = "SELECT subject_id, certificate_id FROM certificate_identifier WHERE identifier = $1";
    /// A use.
    INSERT_USE = "INSERT INTO certificate_use (subject_id, id, certificate_id, at, used_by, department, case_number, purpose, \
        kind, ground, consent_id, certificate_type, item, outcome) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    /// Uses of a certificate, newest first, a page of them.
    USES = "SELECT id, certificate_id, at, used_by, department, case_number, purpose, kind, ground, consent_id, \
        certificate_type, item, outcome \
        FROM certificate_use WHERE subject_id = $1 AND certificate_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    /// Uses of every certificate of a holder, newest first.
    USES_OF_HOLDER = "SELECT id, certificate_id, at, used_by, department, case_number, purpose, kind, ground, consent_id, \
        certificate_type, item, outcome FROM certificate_use WHERE subject_id = $1 ORDER BY id DESC LIMIT $2";
    /// Cases that relied on a certificate.
    RELIED_ON = "SELECT DISTINCT case_number FROM certificate_use \
        WHERE subject_id = $1 AND certificate_id = $2 AND kind = 'used' AND case_number <> '' ORDER BY case_number";

    /// An entry of the history.
    INSERT_EVENT = "INSERT INTO certificate_event (subject_id, id, certificate_id, kind, at, effective_from, effective_to, \
        department, account_id, confirmed_by, ground, document, reason) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// The history of one version, oldest first.
    EVENTS = "SELECT id, certificate_id, kind, at, effective_from, effective_to, department, account_id, confirmed_by, ground, \
        document, reason FROM certificate_event WHERE subject_id = $1 AND certificate_id = $2 ORDER BY id";

    /// A proposal.
    INSERT_PROPOSAL = "INSERT INTO certificate_proposal (subject_id, id, certificate_id, department, kind, ground, document, \
        reason, first_day, last_day, proposed_at, proposed_by, proposed_name, state) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open')";
    /// One proposal.
    FIND_PROPOSAL = "SELECT subject_id, id, certificate_id, department, kind, ground, document, reason, first_day, last_day, \
        proposed_at, proposed_by, proposed_name, state FROM certificate_proposal WHERE subject_id = $1 AND id = $2";
    /// Proposals about one certificate that wait.
    PROPOSALS_OF = "SELECT subject_id, id, certificate_id, department, kind, ground, document, reason, first_day, last_day, \
        proposed_at, proposed_by, proposed_name, state FROM certificate_proposal \
        WHERE subject_id = $1 AND certificate_id = $2 AND state = 'open' ORDER BY id";
    /// Proposals of a department that wait, oldest first, a page of them.
    PROPOSALS = "SELECT subject_id, id, certificate_id, department, kind, ground, document, reason, first_day, last_day, \
        proposed_at, proposed_by, proposed_name, state FROM certificate_proposal \
        WHERE department = $1 AND state = 'open' AND id > $2 ORDER BY id LIMIT $3";
    /// Decides a proposal that waits.
    DECIDE_PROPOSAL = "UPDATE certificate_proposal SET state = $3, decided_at = $4, decided_by = $5, answer = $6 \
        WHERE subject_id = $1 AND id = $2 AND state = 'open'";

    /// A report of an error.
    INSERT_REPORT = "INSERT INTO certificate_report (subject_id, id, certificate_id, department, at, due, words, state) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'open')";
    /// One report.
    FIND_REPORT = "SELECT subject_id, id, certificate_id, department, at, due, words, state, answered_at, answer, corrected_by \
        FROM certificate_report WHERE subject_id = $1 AND id = $2";
    /// Reports about one certificate, newest first.
    REPORTS_OF = "SELECT subject_id, id, certificate_id, department, at, due, words, state, answered_at, answer, corrected_by \
        FROM certificate_report WHERE subject_id = $1 AND certificate_id = $2 ORDER BY id DESC LIMIT 20";
    /// Reports that wait in a department, the most urgent first, a page of them.
    REPORTS = "SELECT subject_id, id, certificate_id, department, at, due, words, state, answered_at, answer, corrected_by \
        FROM certificate_report WHERE department = $1 AND state = 'open' AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4";
    /// Answers a report that waits.
    ANSWER_REPORT = "UPDATE certificate_report SET state = $3, answered_at = $4, answered_by = $5, answer = $6, corrected_by = $7 \
        WHERE subject_id = $1 AND id = $2 AND state = 'open'";
    /// A document that is to be made.
    EXPECT_FILE = "INSERT INTO certificate_file (subject_id, certificate_id, state, due) VALUES ($1, $2, 'waiting', $3)";
    /// The document of a certificate.
    FILE = "SELECT state, file_id, digest, sealed_at, waits_for FROM certificate_file \
        WHERE subject_id = $1 AND certificate_id = $2";
    /// Documents that wait and are due.
    WAITING_FILES = "SELECT subject_id, certificate_id FROM certificate_file WHERE state = 'waiting' AND due <= $1 \
        ORDER BY due LIMIT $2";
    /// Keeps a sealed document; no row changed means that it is there already.
    SEALED_FILE = "UPDATE certificate_file SET state = 'sealed', file_id = $3, digest = $4, seal_id = $5, sealed_at = $6, \
        waits_for = NULL WHERE subject_id = $1 AND certificate_id = $2 AND state = 'waiting'";
    /// The use of the seal.
    FILE_USE = "UPDATE certificate_file SET seal_use = $3 WHERE subject_id = $1 AND certificate_id = $2";
    /// The certificate ended before its document was made.
    DROP_FILE = "UPDATE certificate_file SET state = 'dropped', sealed_at = $3 \
        WHERE subject_id = $1 AND certificate_id = $2 AND state = 'waiting'";
    /// Tries again later.
    POSTPONE_FILE = "UPDATE certificate_file SET waits_for = $3, due = $4 \
        WHERE subject_id = $1 AND certificate_id = $2 AND state = 'waiting'";
}
