//! What a Markdown text names: code spans, link targets, lines of fenced blocks.

/// Something a document names, with its line counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention<'a> {
    pub(crate) line: usize,
    pub(crate) what: What<'a>,
}

/// What kind of mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What<'a> {
    /// `code` within a line, with the words right before and after it.
    Span { text: &'a str, before: &'a str, after: &'a str },
    /// The target of a link or picture.
    Link(&'a str),
    /// A line of a fenced block.
    Fenced(&'a str),
}

/// Everything a Markdown text names.
pub(crate) fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    for (n, whole) in text.lines().enumerate() {
        let line = n + 1;
        let trimmed = whole.trim_start();
        let opens = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, opens) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => found.push(Mention { line, what: What::Fenced(whole) }),
            (None, None) => {
                found.extend(spans(whole).into_iter().map(|what| Mention { line, what }));
                found.extend(links(whole).into_iter().map(|target| Mention { line, what: What::Link(target) }));
            }
        }
    }
    found
}

/// The code spans of a line. A span that goes on in the next line is not one of ours.
fn spans(line: &str) -> Vec<What<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = line[from..].find('`').map(|n| from + n) {
        let ticks = line[open..].bytes().take_while(|b| *b == b'`').count();
        let start = open + ticks;
        let Some(end) = closing(line, start, ticks) else { break };
        let before = line[..open].split_whitespace().next_back().unwrap_or("");
        let after = line[end + ticks..].split_whitespace().next().unwrap_or("");
        found.push(What::Span { text: line[start..end].trim(), before, after });
        from = end + ticks;
    }
    found
}

/// Where a run of exactly `ticks` backticks begins, from `start` on.
fn closing(line: &str, start: usize, ticks: usize) -> Option<usize> {
    let mut at = start;
    while let Some(open) = line[at..].find('`').map(|n| at + n) {
        let run = line[open..].bytes().take_while(|b| *b == b'`').count();
        if run == ticks {
            return Some(open);
        }
        at = open + run;
    }
    None
}

/// Targets of `[text](target "title")`, `![text](target)` and `[name]: target`, without title.
fn links(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("](") {
        let rest = &line[at + 2..];
        if let Some(end) = rest.find(')') {
            found.extend(rest[..end].split_whitespace().next());
        }
    }
    if let Some((name, target)) = line.trim_start().split_once("]: ")
        && name.starts_with('[')
    {
        found.extend(target.split_whitespace().next());
    }
    found.iter().map(|target| target.trim_matches(['<', '>'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(text: &str) -> Vec<What<'_>> {
        mentions(text).into_iter().map(|mention| mention.what).collect()
    }

    #[test]
    fn spans_with_their_neighbours() {
        assert_eq!(
            whats("the crate `db` and ``a ` b`` end"),
            [
                What::Span { text: "db", before: "crate", after: "and" },
                What::Span { text: "a ` b", before: "and", after: "end" },
            ]
        );
        assert_eq!(whats("no `end"), []);
    }

    #[test]
    fn links_of_every_form() {
        let text = "[a](b.md#c) ![d](<e.png> \"f\")\n[g]: ../h.md \"i\"";
        assert_eq!(whats(text), [What::Link("b.md#c"), What::Link("e.png"), What::Link("../h.md")]);
    }

    #[test]
    fn fenced_lines_are_apart() {
        let text = "```sh\n./scripts/test.sh `x`\n~~~\n```\n`y`";
        let found = mentions(text);
        assert_eq!(found[0], Mention { line: 2, what: What::Fenced("./scripts/test.sh `x`") });
        assert_eq!(found[1].what, What::Fenced("~~~"));
        assert_eq!(found[2], Mention { line: 5, what: What::Span { text: "y", before: "", after: "" } });
    }
}
