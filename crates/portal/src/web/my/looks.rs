//! Who looked at what is mine: cases, their files, certificates.

use kernel::{Timestamp, show_time};
use webkit::{Answer, Look};

use super::{Mine, certificates};
use crate::{mine, pages::account::AccessLine};

impl Mine {
    /// Looks of offices at the caller's cases and files, and uses of certificates by others than the holder.
    pub(in crate::web) async fn looks(&self, look: &Look, most: i64) -> Answer<Vec<(Timestamp, AccessLine)>> {
        let Some(subject) = look.act.subject() else { return Ok(Vec::new()) };
        let mut tx = self.cases.db.read().await?;
        let by = |department: Option<&str>| {
            department.map_or_else(|| "监督检查机构".to_owned(), |key| mine::department(&self.cases, key))
        };
        let seen = self.cases.who_looked(&look.act, &mut tx, most).await?;
        let mut lines: Vec<(Timestamp, AccessLine)> = seen
            .into_iter()
            .map(|seen| {
                let line = AccessLine {
                    at: show_time(seen.at),
                    by: by(seen.department.as_deref()),
                    what: format!("“{}”的{}", seen.item, seen.part),
                    why: seen.reason,
                    case: Some(seen.number),
                };
                (seen.at, line)
            })
            .collect();
        let uses = self.certificates.uses_of_holder(&mut tx, subject, most).await?;
        for used in uses.into_iter().filter(|used| used.used_by == "staff") {
            let name = self.certificates.find(&mut tx, subject, used.certificate).await?.name;
            let line = AccessLine {
                at: show_time(used.at),
                by: by(used.department.as_deref()),
                what: format!("电子证照“{name}”"),
                why: certificates::what_for(&used),
                case: Some(used.case_number).filter(|number| !number.is_empty()),
            };
            lines.push((used.at, line));
        }
        Ok(lines)
    }
}
