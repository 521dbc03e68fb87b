//! The string literals of a Rust file, without reading it as a compiler would.

/// One string literal: the line it begins on, counted from 1, and its text with escapes left as written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal<'a> {
    pub(crate) line: usize,
    pub(crate) text: &'a str,
}

/// All string literals of a Rust source text: plain, raw, byte and C strings, comments left out.
pub(crate) fn literals(source: &str) -> Vec<Literal<'_>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => end_of_line(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => end_of_block(bytes, at),
            b'"' => {
                let close = end_of_plain(bytes, at + 1);
                found.push(Literal { line, text: &source[at + 1..close] });
                close + 1
            }
            b'\'' => end_of_quote(source, at),
            b if b.is_ascii_alphabetic() || b == b'_' => {
                let word_end = end_of_word(bytes, at);
                let hashes = bytes[word_end..].iter().take_while(|b| **b == b'#').count();
                let quoted = bytes.get(word_end + hashes) == Some(&b'"');
                if quoted && matches!(&source[at..word_end], "r" | "br" | "cr") {
                    let open = word_end + hashes + 1;
                    let close = end_of_raw(source, open, hashes);
                    found.push(Literal { line, text: &source[open..close] });
                    (close + 1 + hashes).min(bytes.len())
                } else {
                    word_end
                }
            }
            _ => at + 1,
        };
        let end = end.min(bytes.len());
        line += bytes[at..end].iter().filter(|b| **b == b'\n').count();
        at = end;
    }
    found
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| from + n)
}

/// Block comments nest.
fn end_of_block(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_usize);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the closing quote of a plain string stands.
fn end_of_plain(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the closing quote of a raw string stands.
fn end_of_raw(source: &str, from: usize, hashes: usize) -> usize {
    let close = format!("\"{}", "#".repeat(hashes));
    source.get(from..).and_then(|rest| rest.find(&close)).map_or(source.len(), |n| from + n)
}

/// Past a character literal or a lifetime.
fn end_of_quote(source: &str, at: usize) -> usize {
    let mut rest = source[at + 1..].chars();
    match rest.next() {
        // '\n', '\u{4e00}', '\''
        Some('\\') => source.get(at + 3..).and_then(|rest| rest.find('\'')).map_or(source.len(), |n| at + 3 + n + 1),
        // 'a', '"'
        Some(c) if rest.next() == Some('\'') => at + 1 + c.len_utf8() + 1,
        // 'static
        _ => at + 1,
    }
}

fn end_of_word(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_').map_or(bytes.len(), |n| from + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        literals(source).into_iter().map(|literal| literal.text).collect()
    }

    #[test]
    fn plain_raw_byte_and_c_strings() {
        assert_eq!(texts(r#"f("a", b"b", c"c")"#), ["a", "b", "c"]);
        assert_eq!(texts("r\"a\" r#\"b\"c\"# br##\"d\"#e\"##"), ["a", "b\"c", "d\"#e"]);
        assert_eq!(texts(r#""a \" b" "\\" "c""#), [r#"a \" b"#, r"\\", "c"]);
    }

    #[test]
    fn comments_characters_and_lifetimes_are_no_strings() {
        assert_eq!(texts("// \"a\"\n/* \"b\" /* \"c\" */ \"d\" */ \"e\""), ["e"]);
        assert_eq!(texts(r#"'"' "a" '\'' "b" '\u{4e00}' "c" '办' "d""#), ["a", "b", "c", "d"]);
        assert_eq!(texts("fn f<'a>(x: &'a str) -> &'static str { \"a\" }"), ["a"]);
        assert_eq!(texts("let r#for = \"a\"; bar\"b\""), ["a", "b"]);
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let found = literals("/* 1\n2 */ \"3\n4\"\n\"5\"");
        assert_eq!(found.iter().map(|l| l.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn broken_text_ends_without_a_panic() {
        for source in ["\"", "\"\\", "r#\"a", "/*", "'", "'\\", "'\\'", "b", "办\"办"] {
            let _ = literals(source);
        }
    }
}
