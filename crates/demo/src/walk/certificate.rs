//! One sealed certificate out of a running city: an item that the rules close on the spot, the certificate that comes out
//! of it, and what somebody needs to check it without the city.

use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;

use super::{
    Walk, WalkError,
    api::{Call, Sent},
};

/// The item: closed by rule on the spot, with a certificate.
const ITEM: &str = "driving-licence-renewal";
/// How often the document is asked for, and how long is waited between.
const TRIES: u32 = 120;
const PAUSE: Duration = Duration::from_millis(500);

/// A sealed certificate with what it is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCertificate {
    /// Number of the case it came out of.
    pub case_number: String,
    /// Identifier (GB/T 36904—2018).
    pub identifier: String,
    /// The sealed OFD file.
    pub ofd: Bytes,
    /// The city's root, authority and revocation lists, PEM.
    pub root: Bytes,
}

impl Walk {
    /// Has the city issue one certificate, and waits until its document is sealed.
    ///
    /// # Errors
    /// As [`Walk::walk_item`]; [`WalkError::Answer`] when no document was sealed within a minute.
    pub async fn certificate(&self) -> Result<SealedCertificate, WalkError> {
        let report = self.walk_item(ITEM).await?;
        let at = "the certificate of the case";
        let listed = self.pages(Some(&report.applicant), "/api/v1/certificates").await?;
        let of_case = |line: &&Value| line.get("case_number").and_then(Value::as_str) == Some(&report.number);
        let line = listed.iter().find(of_case);
        let text = |key: &str| line.and_then(|line| line.get(key)?.as_str()).map(str::to_owned);
        let (Some(id), Some(identifier)) = (text("id"), text("identifier")) else {
            return Err(WalkError::Answer { at: at.to_owned(), missing: "certificate" });
        };
        let path = format!("/api/v1/certificates/{id}/file");
        let ofd = self.wait_for(&report.applicant, &path).await?;
        let root = self.fetch(None, "/api/v1/seals/trusted").await?.1;
        Ok(SealedCertificate { case_number: report.number, identifier, ofd, root })
    }

    async fn wait_for(&self, account: &str, path: &str) -> Result<Bytes, WalkError> {
        for _ in 0..TRIES {
            let (status, bytes) = self.fetch(Some(account), path).await?;
            if status == 200 {
                return Ok(bytes);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(WalkError::Answer { at: path.to_owned(), missing: "sealed document: do background jobs run?" })
    }

    /// A file, or 409 while it is not there yet.
    async fn fetch(&self, account: Option<&str>, path: &str) -> Result<(u16, Bytes), WalkError> {
        let token = match account {
            Some(account) => Some(self.token(account).await?),
            None => None,
        };
        let call = Call { method: Method::GET, path, token: token.as_deref(), sent: Sent::Nothing };
        let reply = self.send(path, call).await?;
        match reply.status {
            200 => Ok((200, reply.bytes)),
            409 if reply.body.get("code").and_then(Value::as_str) == Some("certificates.no-document") => {
                Ok((409, Bytes::new()))
            }
            status => {
                let (at, account) = (path.to_owned(), account.unwrap_or("nobody").to_owned());
                Err(WalkError::Refused { at, account, status, problem: reply.body })
            }
        }
    }
}
