//! Whom a member of staff is close to (回避登记): declared once, held against every case.

use audit::Entry;
use catalogue::domain::Procedure;
use db::Tx;
use identity::DocumentKind;
use kernel::{AccountId, Act, Actor, Fault, FileId, Timestamp};

use super::Cases;
use crate::{
    domain::{
        avoidance::{Related, Relation},
        case::Case,
        decide::{Around, Rejection},
        event::Handed,
    },
    error::CaseError,
    store::{self, RelationRow},
};

/// Most declarations of one person.
const MOST_RELATIONS: usize = 200;
/// Longest name, characters.
const NAME_CHARS: usize = 60;

/// What somebody has declared, for his own eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredRelation {
    /// Its id.
    pub id: FileId,
    /// How he stands to him.
    pub relation: Relation,
    /// Name of whom.
    pub name: String,
    /// Since when.
    pub declared_at: Timestamp,
}

/// A declaration to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelation {
    /// How he stands to him.
    pub relation: Relation,
    /// Name of whom, so that the declarer knows it again.
    pub name: String,
    /// Kind of the identity document.
    pub kind: DocumentKind,
    /// Its number; kept as a keyed digest only.
    pub number: String,
}

fn staff(act: &Act) -> Result<AccountId, CaseError> {
    match &act.actor {
        Actor::Staff { account, .. } => Ok(*account),
        _ => Err(Rejection::forbidden("cases.staff-only", "由工作人员本人登记。").into()),
    }
}

impl Cases {
    /// What the caller has declared.
    ///
    /// # Errors
    /// Forbidden for whoever is no member of staff.
    pub async fn relations(&self, act: &Act, tx: &mut Tx) -> Result<Vec<DeclaredRelation>, CaseError> {
        let rows = store::relations_of(tx, &self.keys, staff(act)?).await?;
        Ok(rows
            .into_iter()
            .map(|r| DeclaredRelation { id: r.id, relation: r.relation, name: r.name, declared_at: r.declared_at })
            .collect())
    }

    /// The caller declares whom he is close to: cases in that name are not his from now on.
    ///
    /// # Errors
    /// When name or number are wrong, the same was declared before, or for whoever is no member of staff.
    pub async fn declare_relation(&self, act: &Act, tx: &mut Tx, new: &NewRelation) -> Result<FileId, CaseError> {
        let account = staff(act)?;
        let name = new.name.trim();
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > NAME_CHARS {
            faults.push(Fault::new("/name", "cases.relation-name", "请填写姓名或者单位名称，最多60个字。"));
        }
        let blind = self.identity.key_of(new.kind, &new.number);
        if blind.is_none() {
            faults.push(Fault::new("/number", "cases.relation-number", "证件号码不正确，请核对后重新填写。"));
        }
        let (Some(blind), true) = (blind, faults.is_empty()) else {
            return Err(Rejection::invalid("cases.relation-invalid", "登记内容填写不完整。", faults).into());
        };
        let known = store::relations_of(tx, &self.keys, account).await?;
        if known.iter().any(|r| r.blind == blind) {
            return Err(Rejection::one("cases.relation-known", "/number", "已经登记过，不需要重复登记。").into());
        }
        if known.len() >= MOST_RELATIONS {
            return Err(Rejection::conflict("cases.relations-many", "登记已满，请先删除不再需要的登记。").into());
        }
        let row = RelationRow {
            id: FileId::fresh(act.at),
            blind,
            relation: new.relation,
            name: name.to_owned(),
            declared_at: act.at,
        };
        store::keep_relation(tx, &self.keys, account, &row).await?;
        let detail = serde_json::json!({ "relation": new.relation });
        let object = format!("account:{account}");
        let entry = Entry::new("cases.relation-declared", &object).with(detail);
        audit::record(act, tx, entry).await?;
        Ok(row.id)
    }

    /// Takes a declaration back, for instance after a change of job.
    ///
    /// # Errors
    /// Not found when there is none of the caller's.
    pub async fn end_relation(&self, act: &Act, tx: &mut Tx, id: FileId) -> Result<(), CaseError> {
        let account = staff(act)?;
        if !store::drop_relation(tx, account, id).await? {
            return Err(CaseError::NotFound);
        }
        audit::record(act, tx, Entry::new("cases.relation-ended", &format!("account:{account}"))).await?;
        Ok(())
    }

    /// What is known around a case for whoever acts on it.
    pub(crate) async fn around(
        &self,
        act: &Act,
        tx: &mut Tx,
        case: &Case,
        procedure: &Procedure,
    ) -> Result<Around, CaseError> {
        let related = match act.actor {
            Actor::Staff { account, .. } => self.related(tx, account, case).await?,
            _ => None,
        };
        let quota = self.quota(tx, procedure, case, act.at).await?;
        let defers = case.stage.acceptance().is_none() && case.materials.values().any(|h| *h == Handed::Deferred);
        let bad_credit = if defers { self.bad_credit(tx, case.subject, act.at).await? } else { None };
        Ok(Around { related, quota, bad_credit })
    }

    /// How a member of staff stands to the applicant, or to who applied for him, by his own declaration.
    pub(super) async fn related(
        &self,
        tx: &mut Tx,
        account: AccountId,
        case: &Case,
    ) -> Result<Option<Related>, CaseError> {
        let declared = store::relations_of(tx, &self.keys, account).await?;
        if declared.is_empty() {
            return Ok(None);
        }
        let find = |id_number: Option<&str>, uscc: Option<&str>, agent: bool| {
            let keys = [(DocumentKind::ResidentId, id_number), (DocumentKind::Uscc, uscc)];
            let keys: Vec<String> =
                keys.into_iter().filter_map(|(kind, number)| self.identity.key_of(kind, number?)).collect();
            let found = declared.iter().find(|r| keys.contains(&r.blind));
            found.map(|r| Related { relation: r.relation, agent })
        };
        let applicant = &case.private.applicant;
        if let Some(found) = find(applicant.id_number.as_deref(), applicant.uscc.as_deref(), false) {
            return Ok(Some(found));
        }
        let Some(agent) = case.submitted_by.account.filter(|_| case.submitted_by.kind == "agent") else {
            return Ok(None);
        };
        let login = self.identity.account(tx, agent).await?;
        let Some(person) = login.person.or(login.subject) else { return Ok(None) };
        let person = self.identity.subject(tx, person).await?;
        Ok(find(person.id_number(), person.uscc(), true))
    }
}
