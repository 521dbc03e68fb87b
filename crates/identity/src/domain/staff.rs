//! Staff (工作人员): their post, their roles, and which roles keep away from each other.

use kernel::{AccountId, Role};

use crate::{IdentityError, domain::account::AccountState};

/// A member of staff as others at the office see him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The login.
    pub account: AccountId,
    /// Name for signing in.
    pub username: String,
    /// Name as shown in the history of cases.
    pub name: String,
    /// Whether the login may be used.
    pub state: AccountState,
    /// Key of the department.
    pub department: String,
    /// District code, or none for the city's own bodies.
    pub region: Option<String>,
    /// What the post is called.
    pub post: String,
    /// Roles held.
    pub roles: Vec<Role>,
    /// Roles asked for and not yet granted.
    pub requested_roles: Option<Vec<Role>>,
}

/// The three administrators (三员): nobody is two of them, and none of them works on cases.
const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor];

/// Whether one person may hold these roles together: staff roles only, each once; the three administrators apart from
/// each other and from everything else (GB/T 22239—2019 8.1.4.2, 三员分立).
pub(crate) fn check_roles(roles: &[Role]) -> Result<(), IdentityError> {
    let twice = roles.iter().enumerate().any(|(i, role)| roles[..i].contains(role));
    let public = roles.iter().any(|role| matches!(role, Role::Citizen | Role::Enterprise));
    let administrator = roles.iter().any(|role| ADMINISTRATORS.contains(role));
    if twice || public || (administrator && roles.len() > 1) {
        return Err(IdentityError::RolesConflict);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_administrators_stand_apart() {
        assert!(check_roles(&[]).is_ok());
        assert!(check_roles(&[Role::Window, Role::Reviewer]).is_ok());
        for administrator in ADMINISTRATORS {
            assert!(check_roles(&[administrator]).is_ok());
            for other in Role::ALL {
                assert!(check_roles(&[administrator, *other]).is_err(), "{administrator} and {other}");
            }
        }
    }

    #[test]
    fn staff_hold_no_public_role_and_none_twice() {
        assert!(check_roles(&[Role::Citizen]).is_err());
        assert!(check_roles(&[Role::Window, Role::Enterprise]).is_err());
        assert!(check_roles(&[Role::Window, Role::Window]).is_err());
    }
}
