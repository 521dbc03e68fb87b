//! The tools of a PostgreSQL server, which know best how to copy it.

use std::path::Path;

use crate::failure::CommandError;

/// Writes the whole database at `url` into the file `to`.
pub(super) async fn dump(url: &str, to: &Path) -> Result<(), CommandError> {
    run("pg_dump", url, &["--format=custom", "--no-password", "--file"], to).await
}

/// Puts a dump into the database at `url`, whole or not at all.
pub(super) async fn restore(url: &str, from: &Path) -> Result<(), CommandError> {
    run("pg_restore", url, &["--no-owner", "--no-privileges", "--no-password", "--single-transaction"], from).await
}

async fn run(tool: &str, url: &str, args: &[&str], file: &Path) -> Result<(), CommandError> {
    let (url, password) = without_password(url);
    let mut command = tokio::process::Command::new(tool);
    command.arg("--dbname").arg(url).args(args).arg(file);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let done = command.output().await.map_err(|e| {
        CommandError::new(format!("{tool} cannot be started"))
            .because(e)
            .advice("install the PostgreSQL client tools of the server's version, and see that they are on the PATH")
    })?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(CommandError::new(format!("{tool} failed")).because(said))
}

/// The address without its password, and the password: what stands on a command line is seen by everybody on the machine.
fn without_password(url: &str) -> (String, Option<String>) {
    let split = || {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (user, host) = rest[..end].rsplit_once('@')?;
        let (user, password) = user.split_once(':')?;
        let password = percent_encoding::percent_decode_str(password).decode_utf8().ok()?.into_owned();
        Some((format!("{scheme}://{user}@{host}{}", &rest[end..]), Some(password)))
    };
    split().unwrap_or_else(|| (url.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_does_not_stand_on_the_command_line() {
        let split = |url| without_password(url);
        assert_eq!(
            split("postgres://town:a%40b:c@db.example:5432/tongban?sslmode=disable"),
            ("postgres://town@db.example:5432/tongban?sslmode=disable".to_owned(), Some("a@b:c".to_owned()))
        );
        for plain in ["postgres://town@db.example/tongban", "postgres://db.example", "postgres://db.example/a:b@c"] {
            assert_eq!(split(plain), (plain.to_owned(), None));
        }
    }
}
