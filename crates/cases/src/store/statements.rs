//! Every statement, once, for both engines.

/// A person's list: what narrows it stands before the place to read on from.
macro_rules! own {
    ($narrowed:literal) => {
        concat!(
            "SELECT case_id, number, item, item_name, state, submitted_at, due FROM case_person WHERE subject_id = $1 AND ",
            $narrowed,
            "(submitted_at, case_id) < ($2, $3) ORDER BY submitted_at DESC, case_id DESC LIMIT $4"
        )
    };
}

/// A list for staff, likewise.
macro_rules! list {
    ($narrowed:literal) => {
        concat!(
            "SELECT case_id, number, item, item_name, department, region, applicant, state, submitted_at, promised_due, ",
            "statutory_due, provisional FROM case_record WHERE ",
            $narrowed,
            "(submitted_at, case_id) < ($1, $2) ORDER BY submitted_at DESC, case_id DESC LIMIT $3"
        )
    };
}

/// A queue by deadline, likewise.
macro_rules! queue {
    ($narrowed:literal) => {
        concat!(
            "SELECT department, case_id, task, name, role, region, number, item, item_name, applicant, since, due, ",
            "claimed_by, claimed_name FROM case_worklist WHERE department = $1 AND ",
            $narrowed,
            "(due, case_id, task) > ($2, $3, $4) ORDER BY due, case_id, task LIMIT $5"
        )
    };
}

db::statements! {
    /// Writes a new case row.
    INSERT_RECORD = "INSERT INTO case_record (case_id, seq, head, number, item, version, item_name, department, region, \
        subject_id, applicant, channel, state, submitted_at, changed_at, accepted_on, promised_due, statutory_due, \
        provisional, decided_at, closed_at, result, score, wake_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
        $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";
    /// The lock of a case: no row changed means somebody was faster.
    UPDATE_RECORD = "UPDATE case_record SET seq = $3, head = $4, state = $5, changed_at = $6, accepted_on = $7, \
        promised_due = $8, statutory_due = $9, provisional = $10, decided_at = $11, closed_at = $12, result = $13, \
        score = $14, wake_on = $15 WHERE case_id = $1 AND seq = $2";
    /// One row.
    FIND_RECORD = "SELECT case_id, seq, head, number, item, version, item_name, department, region, subject_id, applicant, \
        channel, state, submitted_at, changed_at, accepted_on, promised_due, statutory_due, provisional, decided_at, \
        closed_at, result, score, wake_on FROM case_record WHERE case_id = $1";
    /// Appends one entry.
    INSERT_EVENT = "INSERT INTO case_event (case_id, seq, at, kind, body, sealed, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// A whole history.
    EVENTS_OF = "SELECT seq, at, kind, body, sealed, hash FROM case_event WHERE case_id = $1 ORDER BY seq";
    /// Takes a public number.
    INSERT_NUMBER = "INSERT INTO case_number (number, case_id) VALUES ($1, $2)";
    /// From number to case.
    FIND_NUMBER = "SELECT case_id FROM case_number WHERE number = $1";
    /// What "my matters" shows.
    UPSERT_PERSON = "INSERT INTO case_person (subject_id, case_id, number, item, item_name, state, submitted_at, due, \
        department, asked, asked_due, said_by_office) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (subject_id, case_id) DO UPDATE SET state = excluded.state, due = excluded.due, \
        department = excluded.department, asked = excluded.asked, asked_due = excluded.asked_due, \
        said_by_office = excluded.said_by_office";
    /// One person's row of one case.
    FIND_PERSON = "SELECT number, item, item_name, state, submitted_at, due, asked, said_by_office FROM case_person \
        WHERE subject_id = $1 AND case_id = $2";
    /// One person's cases, newest first.
    OWN = own!("");
    /// One person's cases in one state.
    OWN_S = own!("state = $5 AND ");
    /// One person's cases of one item.
    OWN_I = own!("item = $5 AND ");
    /// One person's cases of one item in one state.
    OWN_SI = own!("state = $5 AND item = $6 AND ");
    /// Cases of the whole city, newest first, by the index that holds `seq > 0`. The letters of those that follow:
    /// department, region, state, item.
    LIST = list!("seq > 0 AND ");
    /// Narrowed by these.
    LIST_D = list!("department = $4 AND ");
    /// Narrowed by these.
    LIST_R = list!("seq > 0 AND region = $4 AND ");
    /// Narrowed by these.
    LIST_DR = list!("department = $4 AND region = $5 AND ");
    /// Narrowed by these.
    LIST_S = list!("state = $4 AND ");
    /// Narrowed by these.
    LIST_DS = list!("department = $4 AND state = $5 AND ");
    /// Narrowed by these.
    LIST_RS = list!("region = $4 AND state = $5 AND ");
    /// Narrowed by these.
    LIST_DRS = list!("department = $4 AND region = $5 AND state = $6 AND ");
    /// Narrowed by these.
    LIST_I = list!("item = $4 AND ");
    /// Narrowed by these.
    LIST_DI = list!("department = $4 AND item = $5 AND ");
    /// Narrowed by these.
    LIST_RI = list!("region = $4 AND item = $5 AND ");
    /// Narrowed by these.
    LIST_DRI = list!("department = $4 AND region = $5 AND item = $6 AND ");
    /// Narrowed by these.
    LIST_SI = list!("state = $4 AND item = $5 AND ");
    /// Narrowed by these.
    LIST_DSI = list!("department = $4 AND state = $5 AND item = $6 AND ");
    /// Narrowed by these.
    LIST_RSI = list!("region = $4 AND state = $5 AND item = $6 AND ");
    /// Narrowed by these.
    LIST_DRSI = list!("department = $4 AND region = $5 AND state = $6 AND item = $7 AND ");
    /// Puts a task into its queue.
    UPSERT_TASK = "INSERT INTO case_worklist (department, case_id, task, name, role, region, number, item, item_name, \
        applicant, since, due, claimed_by, claimed_name, kind, yellow_on, provisional, came_back) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
        ON CONFLICT (department, case_id, task) DO UPDATE SET name = excluded.name, role = excluded.role, \
        since = excluded.since, due = excluded.due, claimed_by = excluded.claimed_by, claimed_name = excluded.claimed_name, \
        kind = excluded.kind, yellow_on = excluded.yellow_on, provisional = excluded.provisional, \
        came_back = excluded.came_back";
    /// Takes a task out of its queue.
    DELETE_TASK = "DELETE FROM case_worklist WHERE department = $1 AND case_id = $2 AND task = $3";
    /// All queue entries of a case, for the comparison after a replay.
    TASKS_OF_CASE = "SELECT department, task, name, role, due, claimed_by, kind, yellow_on, provisional, came_back FROM case_worklist WHERE case_id = $1 \
        ORDER BY department, task";
    /// A department's queue by deadline.
    QUEUE = queue!("");
    /// What waits in it for one district.
    QUEUE_R = queue!("region = $6 AND ");
    /// What one person holds.
    QUEUE_A = queue!("claimed_by = $6 AND ");
    /// What one person holds in one district.
    QUEUE_RA = queue!("region = $6 AND claimed_by = $7 AND ");
    /// A department's queue under filters, by deadline, behind an entry. Empty texts and a negative account filter nothing.
    DESK_QUEUE = "SELECT department, case_id, task, name, role, region, number, item, item_name, applicant, since, due, \
        claimed_by, claimed_name, kind, yellow_on, provisional, came_back FROM case_worklist \
        WHERE department = $1 AND (region = $2 OR $2 = '') AND (claimed_by = $3 OR $3 < 0) \
        AND (role IN ($4, $5, $6, $7) OR $4 = '') AND (came_back OR NOT $8) AND (due = $9 OR $9 = '') \
        AND (item = $10 OR $10 = '') AND (kind = $11 OR $11 = '') \
        AND (CASE WHEN due < $12 AND NOT provisional THEN 'red' WHEN yellow_on <= $12 THEN 'yellow' ELSE 'green' END = $13 \
        OR $13 = '') \
        AND (due, case_id, task) > ($14, $15, $16) ORDER BY due, case_id, task LIMIT $17";
    /// The same before an entry, nearest first.
    DESK_QUEUE_BACK = "SELECT department, case_id, task, name, role, region, number, item, item_name, applicant, since, due, \
        claimed_by, claimed_name, kind, yellow_on, provisional, came_back FROM case_worklist \
        WHERE department = $1 AND (region = $2 OR $2 = '') AND (claimed_by = $3 OR $3 < 0) \
        AND (role IN ($4, $5, $6, $7) OR $4 = '') AND (came_back OR NOT $8) AND (due = $9 OR $9 = '') \
        AND (item = $10 OR $10 = '') AND (kind = $11 OR $11 = '') \
        AND (CASE WHEN due < $12 AND NOT provisional THEN 'red' WHEN yellow_on <= $12 THEN 'yellow' ELSE 'green' END = $13 \
        OR $13 = '') \
        AND (due, case_id, task) < ($14, $15, $16) ORDER BY due DESC, case_id DESC, task DESC LIMIT $17";
    /// How many entries the same filters leave, by light, item, kind of work, day and whether they came back.
    DESK_COUNTS = "SELECT CASE WHEN due < $12 AND NOT provisional THEN 'red' WHEN yellow_on <= $12 THEN 'yellow' \
        ELSE 'green' END AS light, item, item_name, kind, due = $12 AS today, came_back, count(*) AS n FROM case_worklist \
        WHERE department = $1 AND (region = $2 OR $2 = '') AND (claimed_by = $3 OR $3 < 0) \
        AND (role IN ($4, $5, $6, $7) OR $4 = '') AND (came_back OR NOT $8) AND (due = $9 OR $9 = '') \
        AND (item = $10 OR $10 = '') AND (kind = $11 OR $11 = '') \
        AND (CASE WHEN due < $12 AND NOT provisional THEN 'red' WHEN yellow_on <= $12 THEN 'yellow' ELSE 'green' END = $13 \
        OR $13 = '') \
        GROUP BY 1, item, item_name, kind, due = $12, came_back ORDER BY item_name, item, kind";
    /// Writes what the search over cases reads.
    UPSERT_SEARCH = "INSERT INTO case_search (department, case_id, own, subject_id, number, item, item_name, region, \
        applicant, state, submitted_at, due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (department, case_id) DO UPDATE SET state = excluded.state, due = excluded.due";
    /// All search rows of a case, for the comparison after a replay.
    SEARCH_ROWS_OF_CASE = "SELECT department, own, subject_id, state, due FROM case_search WHERE case_id = $1 \
        ORDER BY department";
    /// Search within a department, newest first. Empty texts and subject 0 filter nothing.
    SEARCH = "SELECT case_id, number, item, item_name, region, applicant, state, submitted_at, due FROM case_search \
        WHERE department = $1 AND (region = $2 OR $2 = '') AND (subject_id = $3 OR $3 = 0) \
        AND (applicant LIKE $4 ESCAPE '!' OR $4 = '') AND (item = $5 OR $5 = '') AND (state = $6 OR $6 = '') \
        AND submitted_at >= $7 AND submitted_at < $8 AND (submitted_at, case_id) < ($9, $10) \
        ORDER BY submitted_at DESC, case_id DESC LIMIT $11";
    /// Search over all departments, for supervision: by what names nobody.
    SEARCH_ALL = "SELECT case_id, number, item, item_name, region, applicant, state, submitted_at, due FROM case_search \
        WHERE own AND (item = $1 OR $1 = '') AND (state = $2 OR $2 = '') AND submitted_at >= $3 AND submitted_at < $4 \
        AND (submitted_at, case_id) < ($5, $6) ORDER BY submitted_at DESC, case_id DESC LIMIT $7";
    /// Items of which a department has cases, each under the name of its latest case: one step in the index for each item,
    /// however many cases there are.
    SEARCH_ITEMS = "WITH RECURSIVE held (item) AS (\
        SELECT min(item) FROM case_search WHERE department = $1 \
        UNION ALL \
        SELECT (SELECT min(s.item) FROM case_search s WHERE s.department = $1 AND s.item > held.item) FROM held \
        WHERE held.item IS NOT NULL) \
        SELECT held.item, (SELECT s.item_name FROM case_search s WHERE s.department = $1 AND s.item = held.item \
        ORDER BY s.submitted_at DESC, s.case_id DESC LIMIT 1) AS item_name FROM held WHERE held.item IS NOT NULL \
        ORDER BY item_name, held.item";
    /// Keeps a verdict on a material.
    UPSERT_VERDICT = "INSERT INTO case_verdict (case_id, target, verdict, sealed, seq, account_id, name, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (case_id, target) DO UPDATE SET verdict = excluded.verdict, \
        sealed = excluded.sealed, seq = excluded.seq, account_id = excluded.account_id, name = excluded.name, \
        at = excluded.at";
    /// Takes a verdict back.
    DELETE_VERDICT = "DELETE FROM case_verdict WHERE case_id = $1 AND target = $2";
    /// All verdicts of a case.
    VERDICTS_OF = "SELECT target, verdict, sealed, seq, account_id, name, at FROM case_verdict WHERE case_id = $1 \
        ORDER BY target";
    /// Keeps whom somebody is close to.
    INSERT_RELATION = "INSERT INTO case_relation (account_id, relation_id, blind, relation, sealed, declared_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    /// Takes it back.
    DELETE_RELATION = "DELETE FROM case_relation WHERE account_id = $1 AND relation_id = $2";
    /// All that somebody has declared.
    RELATIONS_OF = "SELECT relation_id, blind, relation, sealed, declared_at FROM case_relation WHERE account_id = $1 \
        ORDER BY relation_id";
    /// Keeps a promise that was not kept.
    INSERT_CREDIT = "INSERT INTO case_credit (subject_id, case_id, number, cause, happened_on) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (subject_id, case_id) DO NOTHING";
    /// The promises that somebody has not kept since a day, newest first.
    BAD_ENTRIES = "SELECT number, cause, happened_on FROM case_credit WHERE subject_id = $1 AND happened_on > $2 \
        ORDER BY happened_on DESC, case_id DESC LIMIT $3";
    /// Puts an accepted application in line.
    UPSERT_LINE = "INSERT INTO case_line (item, case_id, accepted_at, waiting) VALUES ($1, $2, $3, TRUE) \
        ON CONFLICT (item, case_id) DO NOTHING";
    /// Takes it out once it is decided or ended.
    LEAVE_LINE = "UPDATE case_line SET waiting = FALSE WHERE item = $1 AND case_id = $2";
    /// How many wait before a place in line.
    AHEAD = "SELECT count(*) AS n FROM case_line WHERE item = $1 AND waiting AND case_id <> $3 \
        AND (accepted_at, case_id) < ($2, $3)";
    /// How many were granted in a period.
    TAKEN = "SELECT taken FROM case_quota WHERE item = $1 AND period = $2";
    /// One more is granted, when nobody else granted meanwhile: no row means that somebody did.
    TAKE_PLACE = "INSERT INTO case_quota (item, period, taken) VALUES ($1, $2, 1) ON CONFLICT (item, period) DO UPDATE \
        SET taken = case_quota.taken + 1 WHERE case_quota.taken = $3 RETURNING taken";
    /// Opens a decision to the public.
    INSERT_OPEN = "INSERT INTO case_open_decision (case_id, item, item_name, department, applicant, code, decision_number, \
        certificate_name, certificate_number, valid_until, decided_on, published_on) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (case_id) DO NOTHING";
    /// Whether a decision is open to the public.
    FIND_OPEN = "SELECT case_id FROM case_open_decision WHERE case_id = $1";
    /// Open decisions of a period, newest first.
    OPEN = "SELECT case_id, item, item_name, department, applicant, code, decision_number, certificate_name, \
        certificate_number, valid_until, decided_on, published_on FROM case_open_decision \
        WHERE withdrawn_on IS NULL AND decided_on >= $4 AND decided_on <= $5 AND (decided_on, case_id) < ($1, $2) \
        ORDER BY decided_on DESC, case_id DESC LIMIT $3";
    /// Those of one department.
    OPEN_D = "SELECT case_id, item, item_name, department, applicant, code, decision_number, certificate_name, \
        certificate_number, valid_until, decided_on, published_on FROM case_open_decision \
        WHERE department = $6 AND withdrawn_on IS NULL AND decided_on >= $4 AND decided_on <= $5 AND (decided_on, case_id) < ($1, $2) \
        ORDER BY decided_on DESC, case_id DESC LIMIT $3";
    /// Those on one enterprise, of one department where one is given.
    OPEN_C = "SELECT case_id, item, item_name, department, applicant, code, decision_number, certificate_name, \
        certificate_number, valid_until, decided_on, published_on FROM case_open_decision \
        WHERE code = $6 AND ($7 = '' OR department = $7) AND withdrawn_on IS NULL AND decided_on >= $4 AND decided_on <= $5 AND (decided_on, case_id) < ($1, $2) \
        ORDER BY decided_on DESC, case_id DESC LIMIT $3";
    /// The certificate came out after the decision was opened.
    COMPLETE_OPEN = "UPDATE case_open_decision SET certificate_number = $2, valid_until = $3 WHERE case_id = $1";
    /// A decision is no longer open.
    WITHDRAW_OPEN = "UPDATE case_open_decision SET withdrawn_on = $2, withdrawn_why = $3 \
        WHERE case_id = $1 AND withdrawn_on IS NULL";
    /// Cases granted and not opened, the oldest decisions first.
    UNOPENED = "SELECT r.case_id, r.number, r.item, r.version, r.item_name, r.department, r.decided_at \
        FROM case_record r WHERE r.state = 'granted' AND (r.decided_at, r.case_id) > ($1, $2) AND NOT EXISTS \
        (SELECT 1 FROM case_open_decision o WHERE o.case_id = r.case_id) ORDER BY r.decided_at, r.case_id LIMIT $3";
    /// Decisions that were opened on another day than they were made, since a day; newest first.
    OPENED_SINCE = "SELECT case_id, item, item_name, department, applicant, code, decision_number, certificate_name, \
        certificate_number, valid_until, decided_on, published_on FROM case_open_decision \
        WHERE published_on >= $1 AND published_on > decided_on ORDER BY published_on DESC, case_id DESC LIMIT $2";
    /// Keeps a document.
    INSERT_DOCUMENT = "INSERT INTO case_document (case_id, document_id, seq, kind, number, at, body, digest, \
        sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Its code.
    INSERT_DOCUMENT_CODE = "INSERT INTO case_document_code (document_id, case_id) VALUES ($1, $2)";
    /// From code to case.
    FIND_DOCUMENT_CODE = "SELECT case_id FROM case_document_code WHERE document_id = $1";
    /// A case's documents, oldest first.
    DOCUMENTS_OF = "SELECT document_id, seq, kind, number, at, body, digest, sealed FROM case_document WHERE case_id = $1 \
        ORDER BY seq, document_id";
    /// One document.
    FIND_DOCUMENT = "SELECT document_id, seq, kind, number, at, body, digest, sealed FROM case_document \
        WHERE case_id = $1 AND document_id = $2";
    /// Ties a file to a case.
    INSERT_FILE = "INSERT INTO case_file (file_id, case_id) VALUES ($1, $2) ON CONFLICT (file_id, case_id) DO NOTHING";
    /// Cases of a file.
    CASES_OF_FILE = "SELECT case_id FROM case_file WHERE file_id = $1";
    /// Keeps a draft; no row changed means a newer version stands.
    UPSERT_DRAFT = "INSERT INTO case_draft (subject_id, draft_id, item, item_name, sealed, changed_at, version) \
        VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (subject_id, draft_id) DO UPDATE SET sealed = excluded.sealed, \
        changed_at = excluded.changed_at, version = case_draft.version + 1 WHERE case_draft.item = excluded.item \
        RETURNING version";
    /// Keeps a new draft; no row changed means that its id is taken.
    INSERT_DRAFT = "INSERT INTO case_draft (subject_id, draft_id, item, item_name, sealed, changed_at, version) \
        VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (subject_id, draft_id) DO NOTHING";
    /// Changes a draft of the version its writer saw; no row means that another version stands.
    UPDATE_DRAFT = "UPDATE case_draft SET sealed = $4, changed_at = $5, version = version + 1 \
        WHERE subject_id = $1 AND draft_id = $2 AND version = $3 RETURNING version";
    /// Drafts that nobody has changed for long.
    STALE_DRAFTS = "SELECT subject_id, draft_id, item, item_name, sealed, changed_at, version FROM case_draft \
        WHERE changed_at < $1 ORDER BY changed_at, draft_id LIMIT $2";
    /// Removes a draft unless it was changed meanwhile.
    DELETE_STALE_DRAFT = "DELETE FROM case_draft WHERE subject_id = $1 AND draft_id = $2 AND version = $3";
    /// One draft.
    FIND_DRAFT = "SELECT draft_id, item, item_name, sealed, changed_at, version FROM case_draft \
        WHERE subject_id = $1 AND draft_id = $2";
    /// A person's drafts, newest first.
    DRAFTS_OF = "SELECT draft_id, item, item_name, sealed, changed_at, version FROM case_draft WHERE subject_id = $1 \
        ORDER BY changed_at DESC, draft_id LIMIT 100";
    /// Removes a draft.
    DELETE_DRAFT = "DELETE FROM case_draft WHERE subject_id = $1 AND draft_id = $2";
    /// Cases for which the platform has something to do.
    WAKING = "SELECT case_id FROM case_record WHERE wake_on <= $1 ORDER BY wake_on, case_id LIMIT $2";
    /// All cases after one, for checks and replays.
    ALL_CASES = "SELECT case_id FROM case_record WHERE case_id > $1 ORDER BY case_id LIMIT $2";
    /// A person's cases with what they wait for, newest first.
    MINE_ALL = "SELECT case_id, number, item, item_name, department, state, submitted_at, due, asked, asked_due, \
        said_by_office - seen_by_applicant AS unread FROM case_person \
        WHERE subject_id = $1 AND (submitted_at, case_id) < ($2, $3) \
        ORDER BY submitted_at DESC, case_id DESC LIMIT $4";
    /// Those that wait for the person.
    MINE_ASKED = "SELECT case_id, number, item, item_name, department, state, submitted_at, due, asked, asked_due, \
        said_by_office - seen_by_applicant AS unread FROM case_person \
        WHERE subject_id = $1 AND asked <> '' AND (submitted_at, case_id) < ($2, $3) \
        ORDER BY submitted_at DESC, case_id DESC LIMIT $4";
    /// Those that are not over.
    MINE_OPEN = "SELECT case_id, number, item, item_name, department, state, submitted_at, due, asked, asked_due, \
        said_by_office - seen_by_applicant AS unread FROM case_person \
        WHERE subject_id = $1 AND state NOT IN ('not_accepted', 'closed', 'withdrawn', 'terminated', 'archived') AND (submitted_at, case_id) < ($2, $3) \
        ORDER BY submitted_at DESC, case_id DESC LIMIT $4";
    /// Those that are.
    MINE_OVER = "SELECT case_id, number, item, item_name, department, state, submitted_at, due, asked, asked_due, \
        said_by_office - seen_by_applicant AS unread FROM case_person \
        WHERE subject_id = $1 AND state IN ('not_accepted', 'closed', 'withdrawn', 'terminated', 'archived') AND (submitted_at, case_id) < ($2, $3) \
        ORDER BY submitted_at DESC, case_id DESC LIMIT $4";
    /// How many cases a person has in each group.
    COUNT_MINE = "SELECT count(*) AS every, count(*) FILTER (WHERE asked <> '') AS asked, \
        count(*) FILTER (WHERE state NOT IN ('not_accepted', 'closed', 'withdrawn', 'terminated', 'archived')) AS running, \
        CAST(sum(said_by_office - seen_by_applicant) AS BIGINT) AS unread FROM case_person WHERE subject_id = $1";
    /// Messages of the office in one case that the applicant has not seen.
    UNREAD_OF = "SELECT said_by_office - seen_by_applicant AS unread FROM case_person \
        WHERE subject_id = $1 AND case_id = $2";
    /// The applicant has seen this many messages of the office.
    SEEN_BY_APPLICANT = "UPDATE case_person SET seen_by_applicant = $3 WHERE subject_id = $1 AND case_id = $2 \
        AND seen_by_applicant < $3";
    /// The office has seen this many messages of the applicant.
    SEEN_BY_OFFICE = "UPDATE case_record SET seen_by_office = $2 WHERE case_id = $1 AND seen_by_office < $2";
    /// How many messages the applicant has written.
    SET_SAID = "UPDATE case_record SET said_by_applicant = $2 WHERE case_id = $1";
    /// The same, for the comparison after a replay.
    FIND_SAID = "SELECT said_by_applicant FROM case_record WHERE case_id = $1";
    /// Cases of a department with messages that nobody in the office has seen; `*` = of every district.
    UNSEEN_BY_OFFICE = "SELECT number, item_name, said_by_applicant - seen_by_office AS unseen, changed_at FROM case_record \
        WHERE department = $1 AND said_by_applicant > seen_by_office AND ($2 = '*' OR region = $2) \
        ORDER BY changed_at, case_id LIMIT $3";
    /// Keeps a supplement begun.
    UPSERT_SUPPLEMENT = "INSERT INTO case_supplement_draft (case_id, sealed, changed_at) VALUES ($1, $2, $3) \
        ON CONFLICT (case_id) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at";
    /// A supplement begun.
    FIND_SUPPLEMENT = "SELECT sealed FROM case_supplement_draft WHERE case_id = $1";
    /// Forgets it.
    DELETE_SUPPLEMENT = "DELETE FROM case_supplement_draft WHERE case_id = $1";
    /// Wrong codes of an address in an hour.
    MISSES = "SELECT misses FROM case_progress_miss WHERE who = $1 AND hour = $2";
    /// One more.
    UPSERT_MISS = "INSERT INTO case_progress_miss (who, hour, misses) VALUES ($1, $2, 1) \
        ON CONFLICT (who, hour) DO UPDATE SET misses = case_progress_miss.misses + 1";
    /// Forgets those of hours gone by.
    DELETE_MISSES = "DELETE FROM case_progress_miss WHERE hour < $1";
    /// Cases that have not ended, after one.
    RUNNING_CASES = "SELECT case_id FROM case_record WHERE case_id > $1 AND closed_at IS NULL ORDER BY case_id LIMIT $2";
}

/// Lists for staff; the place says what narrows each: 1 department, 2 region, 4 state, 8 item.
pub(super) const LISTS: [db::Sql; 16] = [
    LIST, LIST_D, LIST_R, LIST_DR, LIST_S, LIST_DS, LIST_RS, LIST_DRS, LIST_I, LIST_DI, LIST_RI, LIST_DRI, LIST_SI,
    LIST_DSI, LIST_RSI, LIST_DRSI,
];
/// Lists of one person: 1 state, 2 item.
pub(super) const OWN_LISTS: [db::Sql; 4] = [OWN, OWN_S, OWN_I, OWN_SI];
/// Queues: 1 region, 2 account.
pub(super) const QUEUES: [db::Sql; 4] = [QUEUE, QUEUE_R, QUEUE_A, QUEUE_RA];
