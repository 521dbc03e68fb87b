//! The staff of the demonstration city: of each kind one for every department, and those who look after the platform.

use kernel::Role;
use vocab::Vocabulary;

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clerk {
    /// Login, such as `window3`.
    pub username: String,
    /// Name, made up.
    pub name: String,
    /// Key of the department.
    pub department: String,
    /// What the post is called.
    pub post: &'static str,
    /// What the post may do.
    pub role: Role,
}

/// Kinds of staff that every department has, with the word of their logins.
const EVERYWHERE: [(Role, &str, &str); 4] = [
    (Role::Window, "window", "窗口人员"),
    (Role::Reviewer, "reviewer", "审查人员"),
    (Role::Approver, "approver", "审批人员"),
    (Role::CertificateClerk, "clerk", "制证人员"),
];

/// Staff that the city has once, with login and department.
const ONCE: [(Role, &str, &str, &str); 5] = [
    (Role::Supervisor, "supervisor1", "supervision", "督查专员"),
    (Role::SystemAdmin, "sysadmin1", "big-data", "系统管理员"),
    (Role::SecurityAdmin, "secadmin1", "big-data", "安全管理员"),
    (Role::Auditor, "auditor1", "supervision", "审计管理员"),
    (Role::CatalogueEditor, "catalogue1", "service-centre", "事项管理员"),
];

const SURNAMES: [&str; 23] = [
    "赵", "钱", "孙", "李", "郑", "王", "冯", "陈", "蒋", "沈", "韩", "许", "何", "吕", "张", "孔", "曹", "严", "金",
    "魏", "陶", "姜", "谢",
];
const GIVEN: [&str; 29] = [
    "安然", "博文", "晨曦", "丹青", "恩泽", "芳菲", "国栋", "海宁", "佳慧", "可欣", "立新", "明远", "念慈", "沛霖",
    "清扬", "若溪", "思源", "天佑", "文静", "夏禾", "星宇", "雅琴", "一诺", "永康", "子墨", "宗翰", "卓然", "昭华",
    "嘉禾",
];

/// The name of the member of staff at `place`: 23 surnames and 29 given names meet again only after 667 people.
fn name(place: usize) -> String {
    let surname = SURNAMES.get(place % SURNAMES.len()).copied().unwrap_or_default();
    let given = GIVEN.get(place % GIVEN.len()).copied().unwrap_or_default();
    format!("{surname}{given}")
}

/// Login of whoever does the work of `role` in `department`; none when nobody does.
#[must_use]
pub fn login(vocabulary: &Vocabulary, role: Role, department: &str) -> Option<String> {
    if let Some((_, username, _, _)) = ONCE.iter().find(|(once, ..)| *once == role) {
        return Some((*username).to_owned());
    }
    let (_, word, _) = EVERYWHERE.iter().find(|(everywhere, ..)| *everywhere == role)?;
    let place = vocabulary.departments().iter().position(|d| d.key == department)?;
    Some(format!("{word}{}", place + 1))
}

/// All staff: by department in the order of the vocabulary, then those that the city has once.
#[must_use]
pub fn staff(vocabulary: &Vocabulary) -> Vec<Clerk> {
    let mut all = Vec::new();
    for (place, department) in vocabulary.departments().iter().enumerate() {
        for (role, word, post) in EVERYWHERE {
            all.push(Clerk {
                username: format!("{word}{}", place + 1),
                name: name(all.len()),
                department: department.key.clone(),
                post,
                role,
            });
        }
    }
    for (role, username, department, post) in ONCE {
        all.push(Clerk {
            username: username.to_owned(),
            name: name(all.len()),
            department: department.to_owned(),
            post,
            role,
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_department_has_its_staff_and_nobody_is_there_twice() {
        let vocabulary = Vocabulary::guiyang();
        let all = staff(&vocabulary);
        assert_eq!(all.len(), vocabulary.departments().len() * 4 + 5);
        let logins: BTreeSet<&String> = all.iter().map(|clerk| &clerk.username).collect();
        let names: BTreeSet<&String> = all.iter().map(|clerk| &clerk.name).collect();
        assert_eq!((logins.len(), names.len()), (all.len(), all.len()));
        for clerk in &all {
            assert!(vocabulary.department(&clerk.department).is_some(), "{}", clerk.department);
            assert_eq!(login(&vocabulary, clerk.role, &clerk.department).as_ref(), Some(&clerk.username));
        }
    }

    #[test]
    fn who_is_not_there_has_no_login() {
        let vocabulary = Vocabulary::guiyang();
        assert_eq!(login(&vocabulary, Role::Window, "public-security").as_deref(), Some("window1"));
        assert_eq!(login(&vocabulary, Role::Window, "moon"), None);
        assert_eq!(login(&vocabulary, Role::Citizen, "public-security"), None);
    }
}
