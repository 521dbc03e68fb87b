//! What the issuing body does with a certificate: suspended, restored, ended; against the holder by two people.

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, SubjectId, city_date};
use serde_json::json;

use super::{Certificates, facts, object};
use crate::{
    Certificate, CertificateError, CertificateId, Change, ChangeKind, ENDED, Order, OrderKind, Proposal, ProposalId,
    RESTORED, SUSPENDED, Status, domain::change::ProposalState, store,
};

/// What came of a step that was ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ordered {
    /// It is done.
    Done(Box<Certificate>),
    /// It goes against the holder and waits for a second person.
    Waiting(Box<Proposal>),
}

/// Sealed fields of the two tables.
const EVENT: &str = "certificate_event.reason";
const PROPOSAL: &str = "certificate_proposal.reason";
const ANSWER: &str = "certificate_proposal.answer";

impl Certificates {
    /// Orders a step: a clerk of the issuing body, or the platform itself where the law does it. What goes against the
    /// holder waits for a second person of the same body; what favours him is done at once.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`]; [`CertificateError::NotFound`], also for other bodies' certificates;
    /// [`CertificateError::Invalid`] with what is wrong in the order; [`CertificateError::NotUsable`] when it has ended;
    /// [`CertificateError::NotSuspended`] when there is nothing to restore; [`CertificateError::Waiting`] when an order
    /// waits already.
    pub async fn order(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
        order: &Order,
    ) -> Result<Ordered, CertificateError> {
        let certificate = match act.actor {
            Actor::System => self.find(tx, holder, id).await?,
            _ => self.own(act, tx, holder, id).await?,
        };
        let order = self.checked(act, &certificate, order)?;
        let alone = matches!(act.actor, Actor::System) || !order.kind.adverse();
        let (false, Some(account)) = (alone, act.account()) else {
            let done = self.carry_out(act, tx, &certificate, &order, None).await?;
            return Ok(Ordered::Done(Box::new(done)));
        };
        if !store::proposals_of(tx, holder, id).await?.is_empty() {
            return Err(CertificateError::Waiting);
        }
        let proposal = Proposal {
            id: ProposalId::fresh(act.at),
            holder,
            certificate: id,
            department: certificate.department.clone(),
            order,
            proposed_at: act.at,
            proposed_by: account,
            proposed_name: act.name().to_owned(),
            state: ProposalState::Open,
        };
        let sealed = self.seal_words(PROPOSAL, proposal.id.get(), &proposal.order.reason);
        store::propose(tx, &proposal, sealed).await?;
        self.trail(act, tx, &proposal, "certificates.proposed").await?;
        Ok(Ordered::Waiting(Box::new(proposal)))
    }

    /// Confirms a proposal: another clerk of the issuing body than the one who made it.
    ///
    /// # Errors
    /// [`CertificateError::SamePerson`]; [`CertificateError::NoProposal`] when there is none of this body;
    /// [`CertificateError::NotUsable`] when the certificate has ended meanwhile.
    pub async fn confirm(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        proposal: ProposalId,
    ) -> Result<Certificate, CertificateError> {
        let (certificate, proposal) = self.proposed(act, tx, holder, proposal).await?;
        if act.account() == Some(proposal.proposed_by) {
            return Err(CertificateError::SamePerson);
        }
        // A suspension proposed for days that have begun meanwhile begins with its confirmation.
        let today = city_date(act.at);
        let mut order = proposal.order.clone();
        order.from = order.from.map(|from| from.max(today));
        let order = self.checked(act, &certificate, &order)?;
        if !store::decide(tx, &proposal, ProposalState::Confirmed, act.at, act.account(), None).await? {
            return Err(CertificateError::NoProposal);
        }
        self.carry_out(act, tx, &certificate, &order, Some(&proposal)).await
    }

    /// Turns a proposal down, with the reason for whoever made it.
    ///
    /// # Errors
    /// As [`Certificates::confirm`], and [`CertificateError::Invalid`] without a reason.
    pub async fn dismiss(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        proposal: ProposalId,
        reason: &str,
    ) -> Result<(), CertificateError> {
        let (_, proposal) = self.proposed(act, tx, holder, proposal).await?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            let fault = kernel::Fault::new("/reason", "required", "请写明退回的理由，不超过 500 个字。");
            return Err(CertificateError::Invalid(vec![fault]));
        }
        let sealed = self.seal_words(ANSWER, proposal.id.get(), reason);
        if !store::decide(tx, &proposal, ProposalState::Dismissed, act.at, act.account(), Some(sealed)).await? {
            return Err(CertificateError::NoProposal);
        }
        self.trail(act, tx, &proposal, "certificates.proposal-dismissed").await
    }

    /// Proposals that wait in the caller's department, oldest first, with ids above `after`.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`].
    pub async fn proposals(
        &self,
        act: &Act,
        tx: &mut Tx,
        after: Option<ProposalId>,
        limit: i64,
    ) -> Result<Vec<Proposal>, CertificateError> {
        let found = store::proposals(tx, self.clerk(act)?, after.map_or(0, ProposalId::get), limit).await?;
        found.into_iter().map(|proposal| self.open_proposal(proposal)).collect()
    }

    /// Proposals about one certificate that wait.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`], [`CertificateError::NotFound`].
    pub async fn proposals_of(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Vec<Proposal>, CertificateError> {
        self.own(act, tx, holder, id).await?;
        let found = store::proposals_of(tx, holder, id).await?;
        found.into_iter().map(|proposal| self.open_proposal(proposal)).collect()
    }

    /// The history of one version, oldest first. Whoever calls has found the certificate with the same holder before.
    ///
    /// # Errors
    /// When the database fails or a field was changed in it.
    pub async fn history(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Vec<Change>, CertificateError> {
        let mut changes = store::history(tx, holder, id).await?;
        for change in &mut changes {
            if let Some(sealed) = change.reason.take() {
                change.reason = Some(self.open_words(EVENT, change.id, id, &sealed)?);
            }
        }
        Ok(changes)
    }

    /// All versions of a certificate, newest first.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`] when it is not this holder's.
    pub async fn versions(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Vec<Certificate>, CertificateError> {
        let one = store::find(tx, holder, id).await?.ok_or(CertificateError::NotFound(id))?;
        let all = store::versions(tx, holder, &one.certificate_type, &one.serial).await?;
        all.into_iter().map(|record| self.open(record)).collect()
    }

    fn open_proposal(&self, mut proposal: Proposal) -> Result<Proposal, CertificateError> {
        let sealed = std::mem::take(&mut proposal.order.reason);
        proposal.order.reason = self.open_words(PROPOSAL, proposal.id.get(), proposal.certificate, &sealed)?;
        Ok(proposal)
    }

    async fn proposed(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        proposal: ProposalId,
    ) -> Result<(Certificate, Proposal), CertificateError> {
        self.clerk(act)?;
        let found = store::proposal(tx, holder, proposal).await?.filter(|p| p.state == ProposalState::Open);
        let found = found.filter(|p| act.department() == Some(p.department.as_str()));
        let proposal = self.open_proposal(found.ok_or(CertificateError::NoProposal)?)?;
        let certificate = self.own(act, tx, holder, proposal.certificate).await?;
        Ok((certificate, proposal))
    }

    /// The order with its days filled in, if it can be carried out as the certificate stands.
    fn checked(&self, act: &Act, certificate: &Certificate, order: &Order) -> Result<Order, CertificateError> {
        let today = city_date(act.at);
        let faults = order.faults(today);
        if !faults.is_empty() {
            return Err(CertificateError::Invalid(faults));
        }
        if certificate.decided != Status::Effective {
            return Err(CertificateError::NotUsable { id: certificate.id, status: certificate.decided });
        }
        let suspended = certificate.suspended.is_some_and(|(_, to)| to.is_none_or(|to| today <= to));
        match order.kind {
            OrderKind::Restore if !suspended => return Err(CertificateError::NotSuspended),
            OrderKind::Suspend if suspended => {
                return Err(CertificateError::NotUsable { id: certificate.id, status: Status::Suspended });
            }
            _ => {}
        }
        let mut order = order.clone();
        order.reason = order.reason.trim().to_owned();
        order.document = order.document.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if order.kind == OrderKind::Suspend {
            order.from = order.from.or(Some(today));
        }
        Ok(order)
    }

    async fn carry_out(
        &self,
        act: &Act,
        tx: &mut Tx,
        certificate: &Certificate,
        order: &Order,
        proposal: Option<&Proposal>,
    ) -> Result<Certificate, CertificateError> {
        let today = city_date(act.at);
        let (holder, id) = (certificate.holder, certificate.id);
        let mut after = certificate.clone();
        match order.kind {
            OrderKind::Suspend => {
                let days = (order.from.unwrap_or(today), order.to);
                if !store::suspend(tx, holder, id, days, today).await? {
                    return Err(CertificateError::Stale(id));
                }
                after.suspended = Some(days);
                self.tell_change(act, tx, certificate, SUSPENDED, Status::Suspended, &order.reason).await?;
            }
            OrderKind::Restore => {
                if !store::restore(tx, holder, id).await? {
                    return Err(CertificateError::Stale(id));
                }
                after.suspended = None;
                self.tell_change(act, tx, certificate, RESTORED, Status::Effective, &order.reason).await?;
            }
            OrderKind::Cancel | OrderKind::Annul | OrderKind::Revoke | OrderKind::Withdraw => {
                self.end_record(act, tx, certificate, order.kind.status(), order.kind.label()).await?;
                (after.decided, after.ended_at) = (order.kind.status(), Some(act.at));
            }
        }
        let change = Change {
            id: kernel::next_id(act.at),
            certificate: id,
            kind: order.kind.change(),
            at: act.at,
            effective_from: match order.kind {
                OrderKind::Annul => certificate.issued_on,
                OrderKind::Suspend => order.from.unwrap_or(today),
                _ => today,
            },
            effective_to: order.to,
            department: act.department().map(str::to_owned),
            account: proposal.map(|p| p.proposed_by).or_else(|| act.account()),
            confirmed_by: proposal.and(act.account()),
            ground: Some(order.ground.clone()),
            document: order.document.clone(),
            reason: None,
        };
        let sealed = self.seal_words(EVENT, change.id, &order.reason);
        store::append(tx, holder, &change, Some(sealed)).await?;
        Ok(after)
    }

    /// An entry of the history that no order stands behind.
    pub(super) async fn note(
        &self,
        act: &Act,
        tx: &mut Tx,
        certificate: &Certificate,
        kind: ChangeKind,
        reason: Option<&str>,
    ) -> Result<(), CertificateError> {
        let change = Change {
            id: kernel::next_id(act.at),
            certificate: certificate.id,
            kind,
            at: act.at,
            effective_from: if kind == ChangeKind::Superseded { city_date(act.at) } else { certificate.issued_on },
            effective_to: None,
            department: act.department().map(str::to_owned),
            account: act.account().filter(|_| act.department().is_some()),
            confirmed_by: None,
            ground: None,
            document: None,
            reason: None,
        };
        let sealed = reason.map(|reason| self.seal_words(EVENT, change.id, reason));
        Ok(store::append(tx, certificate.holder, &change, sealed).await?)
    }

    pub(super) async fn end_record(
        &self,
        act: &Act,
        tx: &mut Tx,
        certificate: &Certificate,
        status: Status,
        word: &str,
    ) -> Result<(), CertificateError> {
        if !store::end(tx, certificate.holder, certificate.id, status, act.at, word).await? {
            return Err(CertificateError::Stale(certificate.id));
        }
        self.tell_change(act, tx, certificate, ENDED, status, word).await
    }

    async fn tell_change(
        &self,
        act: &Act,
        tx: &mut Tx,
        certificate: &Certificate,
        topic: &'static str,
        status: Status,
        reason: &str,
    ) -> Result<(), CertificateError> {
        let mut told = facts(certificate);
        told["status"] = json!(status);
        let object = object(certificate.id);
        let event = match topic {
            ENDED => "certificates.ended",
            SUSPENDED => "certificates.suspended",
            _ => "certificates.restored",
        };
        let entry = Entry { reason: Some(reason), ..Entry::new(event, &object) };
        audit::record(act, tx, entry.with(told.clone())).await?;
        tx.tell(certificate.holder.get(), topic, &told, act.at).await?;
        Ok(())
    }

    async fn trail(
        &self,
        act: &Act,
        tx: &mut Tx,
        proposal: &Proposal,
        event: &'static str,
    ) -> Result<(), CertificateError> {
        let detail = json!({ "proposal": proposal.id, "kind": proposal.order.kind, "ground": proposal.order.ground });
        audit::record(act, tx, Entry::new(event, &object(proposal.certificate)).with(detail)).await?;
        Ok(())
    }
}
