//! Looking at the page that is open: barriers, overflow, script errors, a picture; or keeping it for the checker of HTML.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::{collections::BTreeSet, path::PathBuf};

use browser::Person;

/// What a look leaves behind.
pub(crate) enum Keeps {
    /// A picture of each page, after axe-core (its text) has looked for barriers.
    Pictures { axe: String, folder: PathBuf },
    /// Each page's HTML.
    Pages { folder: PathBuf },
}

/// Looks at pages, and remembers what was wrong and which routes were seen.
pub(crate) struct Eye {
    keeps: Keeps,
    faults: Vec<String>,
    seen: BTreeSet<String>,
    looks: usize,
}

impl Eye {
    pub(crate) fn new(keeps: Keeps) -> Self {
        Self { keeps, faults: Vec::new(), seen: BTreeSet::new(), looks: 0 }
    }

    /// Looks at the page that is open, which the route shows; `name`: what the picture is called.
    pub(crate) async fn looks(&mut self, person: &Person, route: &str, name: &str) {
        let place = person.place().await.unwrap();
        if !shows(route, &place) {
            self.faults.push(format!("{place} is not {route}: {}", person.reads().await.unwrap_or_default()));
        }
        self.seen.insert(route.to_owned());
        self.looks += 1;
        match &self.keeps {
            Keeps::Pages { folder } => {
                let page = person.as_understood().await.unwrap();
                std::fs::write(folder.join(format!("{:03}-{name}.html", self.looks)), page).unwrap();
            }
            Keeps::Pictures { axe, folder } => {
                let mut fault = |text: String| self.faults.push(format!("{name} at {place}: {text}"));
                for barrier in person.barriers(axe).await.unwrap() {
                    fault(barrier.to_string());
                }
                if person.overflows().await.unwrap() {
                    fault("wider than the screen".to_owned());
                }
                // What a form refuses is answered with a status that the browser writes down as an error.
                let refused = |text: &String| text.contains("status of 4");
                for complaint in person.complaints().await.unwrap().into_iter().filter(|text| !refused(text)) {
                    fault(complaint);
                }
                person.pictures(&folder.join(format!("{name}.png"))).await.unwrap();
            }
        }
    }

    /// Whether a route was looked at.
    pub(crate) fn saw(&self, route: &str) -> bool {
        self.seen.contains(route)
    }

    /// Nothing was wrong.
    pub(crate) fn content(self) {
        assert!(self.looks > 0, "nothing was looked at");
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
    }
}

/// Whether an address belongs to a route such as `/my/cases/{number}`.
fn shows(route: &str, place: &str) -> bool {
    let path = place.split(['?', '#']).next().unwrap_or_default();
    let (wanted, there): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    wanted.len() == there.len() && wanted.iter().zip(&there).all(|(w, t)| w.starts_with('{') || w == t)
}

#[test]
fn an_address_belongs_to_its_route() {
    assert!(shows("/my/cases/{number}/answer", "/my/cases/5201/answer?x=1"));
    assert!(!shows("/my/cases/{number}/answer", "/my/cases/5201"));
    assert!(!shows("/my", "/"));
}
