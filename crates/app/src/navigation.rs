//! The main navigation of pages, by who looks: the one list of it.

use std::sync::Arc;

use kernel::{Act, Actor, Role, SubjectId};
use messages::Messages;
use webkit::{NavLink, Navigation};

use crate::platform::Platform;

/// Roles of those who work on cases.
const CASE_WORKERS: &[Role] = &[Role::Window, Role::Reviewer, Role::Approver, Role::CertificateClerk];

/// Roles of those who keep seals or watch their use.
const SEAL_READERS: &[Role] = &[Role::CertificateClerk, Role::SecurityAdmin, Role::Supervisor];

/// The navigation over this platform.
pub(crate) fn of(platform: &Platform, messages: Messages) -> Navigation {
    let platform = platform.clone();
    Arc::new(move |act| {
        let (platform, messages) = (platform.clone(), messages.clone());
        Box::pin(async move {
            let unread = match act.subject() {
                Some(subject) => unread(&platform, &messages, subject).await,
                None => None,
            };
            links(&act, unread)
        })
    })
}

/// Messages that were not read yet; none when they cannot be counted now, for a page is worth more than its badge.
async fn unread(platform: &Platform, messages: &Messages, subject: SubjectId) -> Option<i64> {
    let mut tx = platform.db.read().await.ok()?;
    messages.unread(&mut tx, subject).await.ok()
}

/// The links for `act`, in the order in which they stand.
fn links(act: &Act, unread: Option<i64>) -> Vec<NavLink> {
    let link = |label: &str, href: &str| NavLink::new(label, href);
    match &act.actor {
        Actor::Stranger | Actor::System => {
            vec![link("办事", "/items"), link("查进度", "/progress"), link("帮助", "/help")]
        }
        Actor::Person { .. } | Actor::Agent { .. } => vec![
            link("办事", "/items"),
            link("办件", "/my/cases"),
            link("证照", "/my/certificates"),
            NavLink { count: unread, ..link("消息", "/my/messages") },
            link("账户", "/my/account"),
        ],
        Actor::Staff { .. } => {
            let mut links = Vec::new();
            if CASE_WORKERS.iter().any(|role| act.is(*role)) {
                links.extend([link("工作台", "/desk"), link("待办", "/desk/tasks")]);
            }
            if act.is(Role::Window) {
                links.push(link("窗口受理", "/desk/counter"));
            }
            if CASE_WORKERS.iter().any(|role| act.is(*role)) || act.is(Role::Supervisor) {
                links.push(link("办件", "/desk/cases"));
            }
            if act.is(Role::Supervisor) {
                links.push(link("许可公开", "/desk/openings"));
            }
            if certificates::CLERKS.iter().any(|role| act.is(*role)) {
                links.push(link("证照", "/desk/certificates"));
            }
            if SEAL_READERS.iter().any(|role| act.is(*role)) {
                links.push(link("印章", "/desk/seals"));
            }
            if act.is(Role::SystemAdmin) {
                links.extend([
                    link("人员", "/admin/staff"),
                    link("账户", "/admin/accounts"),
                    link("部门", "/admin/departments"),
                    link("日历", "/admin/calendar"),
                    link("文书", "/admin/notices"),
                ]);
            } else if act.is(Role::SecurityAdmin) {
                links.extend([link("人员", "/admin/staff"), link("账户", "/admin/accounts")]);
            } else if act.is(Role::Auditor) {
                links.extend([link("人员", "/admin/staff"), link("审计", "/admin/audit")]);
            }
            links.push(link("事项", "/items"));
            links
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff(roles: &[Role]) -> Act {
        let actor = Actor::Staff {
            account: 1.into(),
            name: "李四".to_owned(),
            department: "tax".to_owned(),
            region: None,
            roles: roles.to_vec(),
        };
        Act::new(actor, kernel::Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn everybody_has_a_few_links_and_none_twice() {
        for role in Role::ALL {
            let links = links(&staff(&[*role]), None);
            assert!((1..=6).contains(&links.len()), "{role}: {links:?}");
        }
        let all = links(&staff(Role::ALL), None);
        for link in &all {
            assert_eq!(all.iter().filter(|other| other.href == link.href).count(), 1, "{}", link.href);
        }
    }

    #[test]
    fn only_the_counter_takes_applications_in_and_only_administrators_administer() {
        let hrefs = |role| links(&staff(&[role]), None).into_iter().map(|link| link.href).collect::<Vec<_>>().join(" ");
        assert!(hrefs(Role::Window).contains("/desk/counter"));
        assert!(!hrefs(Role::Reviewer).contains("/desk/counter") && !hrefs(Role::Reviewer).contains("/admin"));
        for role in [Role::SystemAdmin, Role::SecurityAdmin] {
            assert!(!hrefs(role).contains("/admin/audit"), "the three administrators stand apart");
        }
        assert!(!hrefs(Role::Auditor).contains("/admin/calendar"), "the three administrators stand apart");
    }

    #[test]
    fn unread_messages_stand_beside_their_link() {
        let person = Actor::Person { account: 1.into(), subject: 2.into(), name: "张三".to_owned() };
        let links = links(&Act::new(person, kernel::Timestamp::UNIX_EPOCH), Some(3));
        let counts: Vec<_> = links.iter().filter_map(|link| Some((link.label.as_str(), link.count?))).collect();
        assert_eq!(counts, [("消息", 3)]);
    }
}
