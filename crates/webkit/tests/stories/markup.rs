//! What holds for the markup of every page.

use std::collections::BTreeSet;

/// The values of an attribute, in the order of the page.
fn values<'a>(text: &'a str, attribute: &str) -> Vec<&'a str> {
    let from = format!(" {attribute}=\"");
    text.split(&from).skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

/// Ids are unique, labels and descriptions lead somewhere, headings go in order, landmarks are told apart, and nothing is
/// written that the site's policy forbids.
pub(crate) fn check(path: &str, text: &str) {
    let ids = values(text, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "{path}: an id stands twice in {ids:?}");
    for attribute in ["for", "aria-describedby", "aria-labelledby"] {
        for id in values(text, attribute).iter().flat_map(|list| list.split(' ')) {
            assert!(unique.contains(id), "{path}: {attribute} leads to {id}, which is not there");
        }
    }
    let fragments = values(text, "href").into_iter().filter_map(|href| href.strip_prefix('#'));
    for id in fragments {
        assert!(unique.contains(id), "{path}: a link leads to #{id}, which is not there");
    }
    let levels: Vec<u32> = text.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10)).collect();
    assert_eq!(levels.first(), Some(&1), "{path}: the first heading is the title");
    for pair in levels.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "{path}: heading {} follows {}", pair[1], pair[0]);
    }
    assert_eq!(text.matches("<main").count(), 1, "{path}");
    let navs = text.matches("<nav").count();
    let labels: BTreeSet<&str> = text
        .split("<nav")
        .skip(1)
        .flat_map(|rest| {
            let tag = rest.split('>').next().unwrap_or_default();
            values(tag, "aria-label")
        })
        .collect();
    assert_eq!(labels.len(), navs, "{path}: each nav has a name of its own");
    for table in text.split("<table").skip(1) {
        assert!(
            table.split("</table>").next().unwrap_or_default().contains("<caption>"),
            "{path}: a table without caption"
        );
    }
    for forbidden in [" style=\"", " onclick=", "<script>", "javascript:"] {
        assert!(!text.contains(forbidden), "{path}: {forbidden}");
    }
}
