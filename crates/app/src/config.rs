//! What the platform is told from outside: by options of a command, or by the environment.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::outgoing::Outgoing;

/// Where data lie and how they are reached. Every option can be given by an environment variable instead.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Folder for the embedded database, files, keys and outgoing messages
    #[arg(long, env = "TONGBAN_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,

    /// Database: postgres://… or sqlite:PATH; the embedded database in the data folder when left out
    #[arg(long, env = "TONGBAN_DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,

    /// Connections to the database
    #[arg(long, env = "TONGBAN_CONNECTIONS", default_value_t = 16, global = true)]
    pub connections: usize,

    /// Where files lie: a folder, or s3://BUCKET?endpoint=http://HOST:PORT with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
    /// AWS_REGION; files/ in the data folder when left out
    #[arg(long = "files", env = "TONGBAN_FILES", value_name = "PLACE", global = true)]
    pub files_at: Option<String>,

    /// Ways out of the platform.
    #[command(flatten)]
    pub outgoing: Outgoing,
}

/// How the platform is reached.
#[derive(Debug, Clone, Args)]
pub struct Listen {
    /// Address and port to listen on
    #[arg(long, env = "TONGBAN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The site is reached over TLS (behind a gateway): cookies are Secure
    #[arg(long, env = "TONGBAN_TLS")]
    pub tls: bool,

    /// A gateway in front adds the caller's address to X-Forwarded-For
    #[arg(long, env = "TONGBAN_BEHIND_PROXY")]
    pub behind_proxy: bool,

    /// Where everybody reaches the site, such as `https://zwfw.example`: written into the codes on receipts and documents;
    /// the address listened on when left out
    #[arg(long, env = "TONGBAN_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
}

/// Reads the public address: scheme and host, perhaps a port, nothing behind.
pub(crate) fn public_url(text: &str) -> Result<String, String> {
    let advice = "write it as https://HOST or http://HOST:PORT, without a path";
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(advice)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(plain) {
        return Err(advice.to_owned());
    }
    Ok(text.to_owned())
}

impl Listen {
    /// Where the site is reached: as it was set, else the address listened on. Empty where that says nothing (every address
    /// of the machine, or a port that is chosen later): then codes bear the address by which the reader came.
    pub fn public(&self) -> String {
        match &self.public_url {
            Some(url) => url.clone(),
            None if self.listen.ip().is_unspecified() || self.listen.port() == 0 => String::new(),
            None => format!("{}://{}", if self.tls { "https" } else { "http" }, self.listen),
        }
    }
}

impl Config {
    /// Address of the database.
    pub fn database(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("tongban.db").display()))
    }
    /// Folder of uploaded and made files, when they lie in one.
    pub fn files(&self) -> PathBuf {
        self.files_at.as_ref().map_or_else(|| self.data_dir.join("files"), PathBuf::from)
    }
    /// Bucket of uploaded and made files and the store's own address, when they lie in an S3-compatible store.
    pub fn bucket(&self) -> Option<(&str, Option<&str>)> {
        let place = self.files_at.as_deref()?.strip_prefix("s3://")?;
        Some(match place.split_once("?endpoint=") {
            Some((bucket, endpoint)) => (bucket, Some(endpoint)),
            None => (place, None),
        })
    }
    /// Folder of keys.
    pub fn keys(&self) -> PathBuf {
        self.data_dir.join("keys")
    }
    /// Folder of outgoing messages of the file port.
    pub fn messages(&self) -> PathBuf {
        self.data_dir.join("messages")
    }
    /// The file that stands for an SMS gateway where none is named.
    pub fn sms_file(&self) -> PathBuf {
        self.messages().join("sms.jsonl")
    }
    /// The embedded database's file, when it is embedded.
    pub fn embedded(&self) -> Option<PathBuf> {
        let url = self.database();
        if url.starts_with("postgres") { None } else { Some(Path::new(url.trim_start_matches("sqlite:")).to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        config: Config,
    }

    #[derive(Debug, clap::Parser)]
    struct Reached {
        #[command(flatten)]
        listen: Listen,
    }

    fn reached(arguments: &[&str]) -> Result<String, clap::Error> {
        Ok(Reached::try_parse_from(std::iter::once("tongban").chain(arguments.iter().copied()))?.listen.public())
    }

    #[test]
    fn codes_bear_the_public_address_or_the_one_listened_on() {
        assert_eq!(reached(&[]).unwrap(), "http://127.0.0.1:8080");
        assert_eq!(reached(&["--public-url", "https://zwfw.example/"]).unwrap(), "https://zwfw.example");
        assert_eq!(reached(&["--listen", "10.0.0.7:443", "--tls"]).unwrap(), "https://10.0.0.7:443");
        for nowhere in ["0.0.0.0:8080", "[::]:80", "127.0.0.1:0"] {
            assert_eq!(reached(&["--listen", nowhere]).unwrap(), "");
        }
        for wrong in ["zwfw.example", "ftp://zwfw.example", "https://", "https://a/b", "https://u@a"] {
            let told = reached(&["--public-url", wrong]).unwrap_err().to_string();
            assert!(told.contains("https://HOST"), "{wrong}: {told}");
        }
    }

    fn config(arguments: &[&str]) -> Config {
        Line::parse_from(std::iter::once("tongban").chain(arguments.iter().copied())).config
    }

    #[test]
    fn files_lie_in_a_folder_or_in_a_bucket() {
        let usual = config(&["--data-dir", "/srv/tongban"]);
        assert_eq!((usual.files(), usual.bucket()), (PathBuf::from("/srv/tongban/files"), None));
        let folder = config(&["--files", "/mnt/files"]);
        assert_eq!((folder.files(), folder.bucket()), (PathBuf::from("/mnt/files"), None));
        assert_eq!(config(&["--files", "s3://papers"]).bucket(), Some(("papers", None)));
        let own = config(&["--files", "s3://papers?endpoint=http://store:9000"]);
        assert_eq!(own.bucket(), Some(("papers", Some("http://store:9000"))));
    }
}
