//! Certificates with SM2 keys (GM/T 0015—2023, RFC 5280): reading them as hostile bytes, following them up to a root
//! at an instant, revocation lists, and issuing.
//!
//! Signatures are checked over the bytes as they were read, never over something written anew. Names are compared byte
//! by byte. An extension that is marked critical and not known here makes a certificate unfit.

mod asn1;
mod bundle;
mod certificate;
mod error;
mod issue;
mod list;
mod name;
mod path;
mod usage;

pub use bundle::Added;
pub use certificate::{Certificate, Serial};
pub use error::CertificateError;
pub use issue::{Draft, ListDraft, Role, issue, issue_list, self_sign};
pub use list::{Crl, Reason, Revoked};
pub use name::{Attribute, Name};
pub use path::{Gap, Path, PathError, Trust};
pub use usage::{KeyUsage, Usage};

#[cfg(test)]
mod tests;
