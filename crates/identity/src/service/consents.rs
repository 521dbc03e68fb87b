//! Giving and taking back consent to the use of certificates (用证授权).

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, Role, SubjectId, city_date};
use serde_json::json;

use super::{Identity, subjects::object};
use crate::{Consent, ConsentId, ConsentMethod, ConsentNeed, ConsentStatus, IdentityError, NewConsent, store};

/// Version of the words by which the use of certificates is allowed. It goes up with every change of [`CONSENT_TEXT`],
/// and each consent keeps the one its grantor read.
pub const CONSENT_TEXT_VERSION: &str = "YZSQ-1";

/// The words by which the use of certificates is allowed, behind the list of certificates, the body and the item.
pub const CONSENT_TEXT: &str = "我同意办理部门为办理这个事项，查询并使用上面列出的电子证照。只用于这个办件，办结后授权自动终止；\
    办结以前可以在“我的授权”里撤回，撤回不影响已经依法完成的使用。不同意的，可以改为上传材料或者到窗口提交，不影响办理。";

impl Identity {
    /// Keeps a consent. It is an act of the grantor's own: of the person or of whoever acts for the enterprise, or at a
    /// counter, where the clerk who serves the grantor keeps it (个人信息保护法 第十四条).
    ///
    /// # Errors
    /// [`IdentityError::NotAllowed`] when somebody else gives it, [`IdentityError::Invalid`] with what is wrong.
    pub async fn grant_consent(&self, act: &Act, tx: &mut Tx, new: &NewConsent) -> Result<Consent, IdentityError> {
        let own = act.subject() == Some(new.grantor) && new.method != ConsentMethod::Counter;
        let served = act.is(Role::Window) && new.method == ConsentMethod::Counter;
        if !(own || served) {
            return Err(IdentityError::NotAllowed);
        }
        let faults = new.faults(city_date(act.at));
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        let consent = Consent {
            id: ConsentId::fresh(act.at),
            given: new.clone(),
            granted_at: act.at,
            account: act.account(),
            decided: ConsentStatus::Active,
            ended_at: None,
        };
        store::add_consent(tx, &consent).await?;
        let detail = json!({
            "consent": consent.id, "grantee": new.grantee, "certificate_types": new.certificate_types,
            "purpose": new.purpose, "case_number": new.case_number, "scope": new.scope, "until": new.until,
            "method": new.method, "text_version": new.text_version,
        });
        audit::record(act, tx, Entry::new("identity.consent-given", &object(new.grantor)).with(detail)).await?;
        Ok(consent)
    }

    /// Takes a consent back: from now on, never for what was done (个人信息保护法 第十五条).
    ///
    /// # Errors
    /// [`IdentityError::NoConsent`] when the caller gave none of this id, [`IdentityError::ConsentOver`] when it does not
    /// hold any more.
    pub async fn revoke_consent(&self, act: &Act, tx: &mut Tx, id: ConsentId) -> Result<Consent, IdentityError> {
        let subject = match &act.actor {
            Actor::Person { subject, .. } | Actor::Agent { subject, .. } => *subject,
            _ => return Err(IdentityError::NotAllowed),
        };
        let consent = store::consent(tx, subject, id).await?.ok_or(IdentityError::NoConsent)?;
        let status = consent.status_on(city_date(act.at));
        if status != ConsentStatus::Active
            || !store::end_consent(tx, subject, id, ConsentStatus::Revoked, act.at).await?
        {
            return Err(IdentityError::ConsentOver);
        }
        let detail = json!({ "consent": id, "grantee": consent.given.grantee, "purpose": consent.given.purpose });
        audit::record(act, tx, Entry::new("identity.consent-revoked", &object(subject)).with(detail)).await?;
        Ok(Consent { decided: ConsentStatus::Revoked, ended_at: Some(act.at), ..consent })
    }

    /// Consents somebody gave, newest first, with ids below `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consents(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        before: Option<ConsentId>,
        limit: i64,
    ) -> Result<Vec<Consent>, IdentityError> {
        Ok(store::consents(tx, subject, before.map_or(i64::MAX, ConsentId::get), limit).await?)
    }

    /// The consent of `subject` that allows this use, if one holds at the instant of the act. One that is given for once
    /// is used by this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_consent(
        &self,
        act: &Act,
        tx: &mut Tx,
        subject: SubjectId,
        need: &ConsentNeed<'_>,
    ) -> Result<Option<Consent>, IdentityError> {
        for consent in store::active_consents(tx, subject, need.grantee).await? {
            if !consent.allows(need, act.at) {
                continue;
            }
            let once = consent.given.scope == crate::ConsentScope::Once;
            if once && !store::end_consent(tx, subject, consent.id, ConsentStatus::Used, act.at).await? {
                // Somebody else used it meanwhile.
                continue;
            }
            return Ok(Some(consent));
        }
        Ok(None)
    }

    /// Ends the consents that were given until this case closes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_consents(
        &self,
        act: &Act,
        tx: &mut Tx,
        subject: SubjectId,
        case: &str,
    ) -> Result<u64, IdentityError> {
        Ok(store::close_consents(tx, subject, case, act.at).await?)
    }
}
