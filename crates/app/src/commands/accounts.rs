//! Accounts of administrators and staff, from the machine itself.

use clap::Subcommand;
use identity::{NewStaff, PasswordContext};
use kernel::{Act, Role};

use crate::{
    commands::say,
    config::Config,
    failure::{CommandError, Outcome, While},
    platform::Platform,
};

/// Accounts of administrators and staff.
#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// List staff and administrators
    List {
        /// Only of this department
        #[arg(long)]
        department: Option<String>,
    },
    /// Add a member of staff or one of the three administrators; the password is read from TONGBAN_PASSWORD
    Add {
        /// Name for signing in
        username: String,
        /// Name as shown in histories
        #[arg(long)]
        name: String,
        /// Key of the department
        #[arg(long)]
        department: String,
        /// Roles: window, reviewer, approver, certificate-clerk, supervisor, sysadmin, secadmin, auditor …
        #[arg(long, required = true, value_delimiter = ',')]
        role: Vec<Role>,
        /// What the post is called
        #[arg(long, default_value = "工作人员")]
        post: String,
        /// District code, for staff of a district
        #[arg(long)]
        region: Option<String>,
    },
    /// Close an account: it cannot be used any more, what it did stays
    Close {
        /// Name for signing in
        username: String,
    },
}

impl Accounts {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let platform = Platform::open(config, false).await?;
        let identity = &platform.identity;
        let act = Act::system(platform.clock.now());
        match self {
            Self::List { department } => {
                let mut after = None;
                loop {
                    let mut tx = platform.db.read().await.doing("the database does not answer")?;
                    let page = identity
                        .staff(&mut tx, department.as_deref(), after, 200)
                        .await
                        .doing("staff cannot be read")?;
                    for one in &page {
                        let roles = one.roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(",");
                        say(&format!("{}\t{}\t{}\t{roles}\t{}", one.username, one.name, one.department, one.state));
                    }
                    match page.last() {
                        Some(last) if page.len() == 200 => after = Some(last.account),
                        _ => return Ok(0),
                    }
                }
            }
            Self::Add { username, name, department, role, post, region } => {
                if platform.vocabulary.department(&department).is_none() {
                    return Err(CommandError::new(format!("there is no department {department:?}"))
                        .advice("use a key of data/vocabulary/departments.toml"));
                }
                let password = std::env::var("TONGBAN_PASSWORD").map_err(|_| {
                    CommandError::new("no password was given").advice("set TONGBAN_PASSWORD for this one command")
                })?;
                let context = PasswordContext { known: vec![username.clone(), name.clone()] };
                let password = identity.hash_password(&password, &context).await.map_err(|e| {
                    CommandError::new("the password is too weak")
                        .because(e)
                        .advice("at least ten characters of three kinds")
                })?;
                let new =
                    NewStaff { username: username.clone(), password, name, department, region, post, roles: role };
                identity
                    .in_write(&act, new, |identity, act, tx, new| Box::pin(identity.add_staff(act, tx, new)))
                    .await
                    .doing("the account cannot be made")?;
                say(&format!("{username} was added"));
                Ok(0)
            }
            Self::Close { username } => {
                let mut tx = platform.db.read().await.doing("the database does not answer")?;
                let found = identity.find_account(&mut tx, &username).await.doing("the account cannot be read")?;
                drop(tx);
                let Some(account) = found else {
                    return Err(
                        CommandError::new(format!("there is no account {username:?}")).advice("tongban accounts list")
                    );
                };
                identity
                    .in_write(&act, account, |identity, act, tx, account| {
                        Box::pin(identity.close_account(act, tx, *account))
                    })
                    .await
                    .doing("the account cannot be closed")?;
                say(&format!("{username} was closed"));
                Ok(0)
            }
        }
    }
}
