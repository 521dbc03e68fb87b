//! Accounts of administrators and staff, from the machine itself.

use clap::Subcommand;
use identity::{Identity, NewStaff, PasswordContext, Phc};
use kernel::{AccountId, Act, Role};

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
    /// Give a member of staff other roles at once; the sessions end
    Roles {
        /// Name for signing in
        username: String,
        /// All roles from now on: window, reviewer, approver, certificate-clerk, supervisor, sysadmin, secadmin, auditor …
        #[arg(long, required = true, value_delimiter = ',')]
        role: Vec<Role>,
    },
    /// Set a lost password anew, read from TONGBAN_PASSWORD; the sessions end
    ResetPassword {
        /// Name for signing in
        username: String,
    },
    /// End the lock after too many wrong passwords
    Unlock {
        /// Name for signing in
        username: String,
    },
    /// Close an account: it cannot be used any more, what it did stays
    Close {
        /// Name for signing in
        username: String,
    },
}

/// The login with this name.
async fn account(platform: &Platform, username: &str) -> Result<AccountId, CommandError> {
    let mut tx = platform.db.read().await.doing("the database does not answer")?;
    let found = platform.identity.find_account(&mut tx, username).await.doing("the account cannot be read")?;
    found.ok_or_else(|| CommandError::new(format!("there is no account {username:?}")).advice("tongban accounts list"))
}

/// The hash of the password in `TONGBAN_PASSWORD`, which may not hold what is known of its owner.
async fn password(identity: &Identity, known: &[&str]) -> Result<Phc, CommandError> {
    let password = std::env::var("TONGBAN_PASSWORD")
        .map_err(|_| CommandError::new("no password was given").advice("set TONGBAN_PASSWORD for this one command"))?;
    let context = PasswordContext { known: known.iter().map(|word| (*word).to_owned()).collect() };
    identity.hash_password(&password, &context).await.map_err(|e| {
        CommandError::new("the password is too weak").because(e).advice("at least ten characters of three kinds")
    })
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
                let password = password(identity, &[&username, &name]).await?;
                let new =
                    NewStaff { username: username.clone(), password, name, department, region, post, roles: role };
                identity
                    .in_write(&act, new, |identity, act, tx, new| Box::pin(identity.add_staff(act, tx, new)))
                    .await
                    .doing("the account cannot be made")?;
                say(&format!("{username} was added"));
                Ok(0)
            }
            Self::Roles { username, role } => {
                let account = account(&platform, &username).await?;
                identity
                    .in_write(&act, (account, role), |identity, act, tx, (account, role)| {
                        Box::pin(async move {
                            identity.request_roles(act, tx, *account, role).await?;
                            identity.grant_roles(act, tx, *account).await
                        })
                    })
                    .await
                    .doing("the roles cannot be given")?;
                say(&format!("{username} has other roles now"));
                Ok(0)
            }
            Self::ResetPassword { username } => {
                let account = account(&platform, &username).await?;
                let password = password(identity, &[&username]).await?;
                identity
                    .in_write(&act, (account, password), |identity, act, tx, (account, password)| {
                        Box::pin(identity.reset_password(act, tx, *account, password))
                    })
                    .await
                    .doing("the password cannot be set")?;
                say(&format!("{username} has another password now"));
                Ok(0)
            }
            Self::Unlock { username } => {
                let account = account(&platform, &username).await?;
                identity
                    .in_write(&act, account, |identity, act, tx, account| Box::pin(identity.unlock(act, tx, *account)))
                    .await
                    .doing("the account cannot be unlocked")?;
                say(&format!("{username} can sign in again"));
                Ok(0)
            }
            Self::Close { username } => {
                let account = account(&platform, &username).await?;
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
