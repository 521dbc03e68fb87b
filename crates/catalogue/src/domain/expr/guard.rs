//! Bounds on the source text, checked before the CEL parser sees it.
//!
//! The parser is recursive and slow on garbage. A cheap scan keeps what reaches it small: it knows strings, numbers,
//! names and operators, and counts them.

use super::{ExprError, MAX_BYTES};

/// Most brackets open at once.
pub(super) const MAX_NESTING: u16 = 16;
/// Most tokens.
const MAX_TOKENS: usize = 300;
/// Most `!`, unary `-` and `?` together: each may deepen the tree without a bracket.
const MAX_PREFIXES: usize = 40;
/// Most arithmetic operators and selections: chains of them lean to the left, one level each.
const MAX_CHAIN: usize = 120;

/// Refuses text that is too long, too deep, too large or has characters CEL has no use for.
pub(super) fn check(source: &str) -> Result<(), ExprError> {
    if source.trim().is_empty() {
        return Err(ExprError::Empty);
    }
    if source.len() > MAX_BYTES {
        return Err(ExprError::TooLong);
    }
    let chars: Vec<char> = source.chars().collect();
    let mut counts = Counts::default();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at = match c {
            ' ' | '\t' | '\n' | '\r' => at + 1,
            '\'' | '"' => string(&chars, at)?,
            c if c.is_ascii_alphanumeric() || c == '_' => word(&chars, at)?,
            _ => counts.symbol(c, at)?,
        };
        if !c.is_ascii_whitespace() {
            counts.tokens += 1;
        }
        if counts.tokens > MAX_TOKENS {
            return Err(ExprError::TooCostly("词语过多"));
        }
    }
    if let Some(open) = counts.open.pop() {
        return Err(ExprError::Syntax { column: chars.len(), what: format!("'{open}' is not closed") });
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    tokens: usize,
    prefixes: usize,
    chain: usize,
    open: Vec<char>,
}

impl Counts {
    /// Counts one character of an operator or bracket; its end.
    fn symbol(&mut self, c: char, at: usize) -> Result<usize, ExprError> {
        match c {
            '(' | '[' => {
                self.open.push(c);
                if self.open.len() > usize::from(MAX_NESTING) {
                    return Err(ExprError::TooDeep);
                }
            }
            ')' | ']' => {
                let matching = if c == ')' { '(' } else { '[' };
                if self.open.pop() != Some(matching) {
                    return Err(ExprError::Syntax { column: at + 1, what: format!("'{c}' closes nothing") });
                }
            }
            '{' | '}' => return Err(ExprError::Unsupported("花括号")),
            '!' | '?' => self.prefixes += 1,
            '+' | '-' | '*' | '/' | '%' | '.' | '<' | '>' | '=' => self.chain += 1,
            '&' | '|' | ',' | ':' => {}
            other => {
                let what = format!("unexpected character {other:?}");
                return Err(ExprError::Syntax { column: at + 1, what });
            }
        }
        if self.prefixes > MAX_PREFIXES || self.chain > MAX_CHAIN {
            return Err(ExprError::TooCostly("运算过多"));
        }
        Ok(at + 1)
    }
}

/// The end of the string that starts at `at`. Single line; escapes by `\`.
fn string(chars: &[char], at: usize) -> Result<usize, ExprError> {
    let quote = chars[at];
    if chars.get(at + 1) == Some(&quote) && chars.get(at + 2) == Some(&quote) {
        return Err(ExprError::Unsupported("三引号字符串"));
    }
    let mut next = at + 1;
    while let Some(&c) = chars.get(next) {
        match c {
            '\\' => next += 2,
            '\n' | '\r' => break,
            c if c == quote => return Ok(next + 1),
            _ => next += 1,
        }
    }
    Err(ExprError::Syntax { column: at + 1, what: "string is not closed".to_owned() })
}

/// The end of the name or number that starts at `at`. A prefix of a string (`r'…'`, `b'…'`) is refused.
fn word(chars: &[char], at: usize) -> Result<usize, ExprError> {
    let number = chars[at].is_ascii_digit();
    let mut next = at;
    while let Some(&c) = chars.get(next) {
        let decimal = number && c == '.' && chars.get(next + 1).is_some_and(char::is_ascii_digit);
        if !(c.is_ascii_alphanumeric() || c == '_' || decimal) {
            break;
        }
        next += 1;
    }
    if matches!(chars.get(next), Some('\'' | '"')) {
        return Err(ExprError::Unsupported("带前缀的字符串"));
    }
    Ok(next)
}
