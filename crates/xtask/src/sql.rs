//! Which tables an SQL text names.

/// Tables that a text names where SQL names a table: after FROM, JOIN, INTO, UPDATE, TABLE, REFERENCES and a CREATE
/// INDEX … ON. Keywords count in capitals; in a text that reads as a statement from its first words they count in any
/// case. Prose names no table.
pub(crate) fn tables_named(text: &str) -> Vec<&str> {
    let tokens = tokens(text);
    let any_case = is_statement(&tokens);
    let keyword = |token: &str, word: &str| token == word || (any_case && token.eq_ignore_ascii_case(word));
    let mut named = Vec::new();
    let mut index_at = None;
    for (at, token) in tokens.iter().enumerate() {
        if keyword(token, "INDEX") {
            index_at = Some(at);
        }
        let from = keyword(token, "FROM");
        let opens = from
            || ["JOIN", "INTO", "UPDATE", "TABLE", "REFERENCES"].iter().any(|word| keyword(token, word))
            || (keyword(token, "ON") && index_at.is_some_and(|index| at - index <= 5));
        if !opens {
            continue;
        }
        let mut next = at + 1;
        while tokens.get(next).is_some_and(|t| ["IF", "NOT", "EXISTS", "ONLY"].iter().any(|w| keyword(t, w))) {
            next += 1;
        }
        named.extend(tokens.get(next).filter(|t| is_name(t)));
        // FROM a AS x, b y, c
        if !from {
            continue;
        }
        loop {
            let mut comma = next + 1;
            while tokens.get(comma).is_some_and(|t| is_name(t)) && comma <= next + 2 {
                comma += 1;
            }
            if tokens.get(comma) != Some(&",") {
                break;
            }
            next = comma + 1;
            named.extend(tokens.get(next).filter(|t| is_name(t)));
        }
    }
    named
}

/// Tables that an SQL text creates.
pub(crate) fn tables_created(text: &str) -> Vec<&str> {
    let tokens = tokens(text);
    let mut created = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        if pair[0].eq_ignore_ascii_case("CREATE") && pair[1].eq_ignore_ascii_case("TABLE") {
            let name =
                tokens[at + 2..].iter().find(|t| !["IF", "NOT", "EXISTS"].iter().any(|w| t.eq_ignore_ascii_case(w)));
            created.extend(name.filter(|t| is_name(t)));
        }
    }
    created
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Whether a text begins as a statement does, in any case: `select … from`, `update … set`.
fn is_statement(tokens: &[&str]) -> bool {
    let Some(first) = tokens.first() else { return false };
    let follows = |words: &[&str]| tokens[1..].iter().any(|t| words.iter().any(|w| t.eq_ignore_ascii_case(w)));
    match first.to_ascii_lowercase().as_str() {
        "select" => follows(&["from"]),
        "insert" => tokens.get(1).is_some_and(|t| t.eq_ignore_ascii_case("into")) && follows(&["values", "select"]),
        "update" => follows(&["set"]),
        "delete" => tokens.get(1).is_some_and(|t| t.eq_ignore_ascii_case("from")) && follows(&["where", ";"]),
        "with" => tokens.get(2).is_some_and(|t| t.eq_ignore_ascii_case("as")) && follows(&["select"]),
        "create" | "alter" | "drop" => {
            tokens[1..].iter().take(2).any(|t| t.eq_ignore_ascii_case("table") || t.eq_ignore_ascii_case("index"))
        }
        _ => false,
    }
}

/// Words and single signs; `-- ` comments and quoted values left out.
fn tokens(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let b = bytes[at];
        if bytes[at..].starts_with(b"--") {
            at += bytes[at..].iter().position(|b| *b == b'\n').unwrap_or(bytes.len() - at);
        } else if b == b'\'' {
            at += 1 + bytes[at + 1..].iter().position(|b| *b == b'\'').map_or(bytes.len(), |n| n + 1);
        } else if b.is_ascii_alphanumeric() || b == b'_' {
            let end = bytes[at..].iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_');
            let end = end.map_or(bytes.len(), |n| at + n);
            tokens.push(&text[at..end]);
            at = end;
        } else {
            if b.is_ascii() && !b.is_ascii_whitespace() && b != b'"' {
                tokens.push(&text[at..=at]);
            }
            at += 1;
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_where_sql_names_them() {
        for (text, expected) in [
            ("SELECT seq FROM case_event WHERE case_id = $1", &["case_event"][..]),
            ("SELECT 1 FROM a AS x, b y, c WHERE x.d = y.e", &["a", "b", "c"]),
            ("SELECT 1 FROM a JOIN b ON b.id = a.id LEFT JOIN \"c\" ON TRUE", &["a", "b", "c"]),
            ("INSERT INTO a (b, c) SELECT d, e FROM f ON CONFLICT (b) DO UPDATE SET c = 1", &["a", "f", "SET"]),
            ("DELETE FROM a WHERE b IN (SELECT b FROM c)", &["a", "c"]),
            ("CREATE TABLE IF NOT EXISTS a (b BIGINT REFERENCES c (b))", &["a", "c"]),
            ("CREATE UNIQUE INDEX i ON a (b)", &["a"]),
            ("WITH p AS (SELECT b FROM a) SELECT 1 FROM p", &["a", "p"]),
            ("select b from a where c = 'FROM d' -- FROM e", &["a"]),
            (" UPDATE a SET b = 1", &["a"]),
            ("JOIN a ON", &["a"]),
        ] {
            assert_eq!(tables_named(text), expected, "{text}");
        }
    }

    #[test]
    fn prose_names_no_table() {
        for text in [
            "taken from cases of last year",
            "update cases with care",
            "select an item, then go on",
            "/api/v1/cases",
            "with cases as they are",
            "delete from the list",
            "办件 cases",
            "",
        ] {
            assert_eq!(tables_named(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn created_tables_are_found_in_a_whole_file() {
        let text =
            "-- CREATE TABLE not_this (a BIGINT);\nCREATE TABLE a (b BIGINT);\ncreate table if not exists c (d TEXT);";
        assert_eq!(tables_created(text), ["a", "c"]);
    }
}
