//! One text that a simple regular expression matches.
//!
//! Patterns of forms say how a number is written: literals, classes, counts, alternatives. That is what is understood
//! here; whatever else a pattern may say is found out when the answer is assessed.

/// A text for `pattern`, or none when the pattern says something that is not understood.
pub(super) fn example(pattern: &str) -> Option<String> {
    let mut reader = Reader { chars: pattern.chars().collect(), at: 0 };
    let text = reader.alternatives()?;
    (reader.at == reader.chars.len()).then_some(text)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// The first alternative; the others are only read.
    fn alternatives(&mut self) -> Option<String> {
        let first = self.sequence()?;
        while self.eat('|') {
            self.sequence()?;
        }
        Some(first)
    }

    fn sequence(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let piece = match self.peek() {
                None | Some('|' | ')') => return Some(text),
                Some('^' | '$') => {
                    self.at += 1;
                    continue;
                }
                Some(_) => self.piece()?,
            };
            let times = self.count()?;
            for turn in 0..times {
                text.push_str(&piece.shown(turn));
            }
        }
    }

    fn piece(&mut self) -> Option<Piece> {
        match self.take()? {
            '(' => {
                if self.eat('?') {
                    // Of groups with marks only the one that is not captured.
                    if !self.eat(':') {
                        return None;
                    }
                }
                let text = self.alternatives()?;
                self.eat(')').then_some(Piece::Text(text))
            }
            '[' => self.class(),
            '.' => Some(Piece::OneOf(('a'..='z').collect())),
            '\\' => match self.take()? {
                'd' => Some(Piece::OneOf(DIGITS.to_vec())),
                'w' => Some(Piece::OneOf(('a'..='z').collect())),
                's' => Some(Piece::OneOf(vec![' '])),
                c if c.is_ascii_alphanumeric() => None,
                c => Some(Piece::OneOf(vec![c])),
            },
            '*' | '+' | '?' | '{' => None,
            c => Some(Piece::OneOf(vec![c])),
        }
    }

    fn class(&mut self) -> Option<Piece> {
        if self.peek() == Some('^') {
            return None;
        }
        let mut members = Vec::new();
        loop {
            let first = match self.take()? {
                ']' => break,
                '\\' => match self.take()? {
                    'd' => {
                        members.extend(DIGITS);
                        continue;
                    }
                    c if c.is_ascii_alphanumeric() => return None,
                    c => c,
                },
                c => c,
            };
            let range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
            if range {
                self.at += 1;
                let last = self.take()?;
                // No form lists more than an alphabet; a range of Chinese characters is served by its beginning.
                members.extend((first..=last).take(40));
            } else {
                members.push(first);
            }
        }
        (!members.is_empty()).then_some(Piece::OneOf(members))
    }

    /// How often the piece before is repeated: as seldom as the pattern allows, but once rather than never.
    fn count(&mut self) -> Option<usize> {
        match self.peek() {
            Some('*' | '+' | '?') => {
                self.at += 1;
                self.eat('?');
                Some(1)
            }
            Some('{') => {
                self.at += 1;
                let least = self.number()?;
                let most = if self.eat(',') { self.number() } else { Some(least) };
                if !self.eat('}') {
                    return None;
                }
                self.eat('?');
                Some(least.max(1).min(most.unwrap_or(usize::MAX)))
            }
            _ => Some(1),
        }
    }

    fn number(&mut self) -> Option<usize> {
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        digits.parse().ok()
    }
}

const DIGITS: [char; 10] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];

enum Piece {
    /// A group: always the same.
    Text(String),
    /// A class: another member with each repetition, so that numbers do not look like fillers.
    OneOf(Vec<char>),
}

impl Piece {
    fn shown(&self, turn: usize) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::OneOf(members) => members.get(turn % members.len()).map(char::to_string).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_patterns_of_the_catalogue() {
        for (pattern, text) in [
            ("^[0-9]{12,19}$", "012345678901"),
            ("^贵[A-Z][A-Z0-9]{5,6}$", "贵AABCDE"),
            ("^https?://.+", "https://a"),
            ("^[A-Z ]+$", "A"),
            ("^C[A-Z0-9][0-9]{7}$", "CA0123456"),
            ("^[0-9]{4}-[0-9]{2}$", "0123-01"),
            ("^(甲|乙)\\d{2}(?:A|B)?$", "甲12A"),
            ("^a\\.b{0,2}$", "a.b"),
        ] {
            assert_eq!(example(pattern).as_deref(), Some(text), "{pattern}");
        }
    }

    #[test]
    fn what_is_not_understood_has_no_example() {
        for pattern in ["[^a]", "\\p{Han}", "(?i)a", "a{", "(a", "*", "[a"] {
            assert_eq!(example(pattern), None, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_makes_it_panic(pattern in "\\PC{0,40}") {
            let _text = example(&pattern);
        }
    }
}
