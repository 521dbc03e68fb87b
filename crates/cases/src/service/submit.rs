//! Applying: the dry run, and handing in.

use std::{collections::BTreeMap, sync::Arc};

use catalogue::domain::{
    ApplicantFacts, Assessment, CertificateFacts, Delivery, Facts, Level, Outcome, Procedure, Provided,
};
use db::{Tx, counter};
use identity::{DocumentKind, Subject};
use kernel::{Act, Actor, Channel, Fault, FileId, Role, SubjectId, city_date, identifiers::CaseNumber};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Cases, applicant_facts};
use crate::{
    domain::{
        case::{Case, CaseId},
        decide::{Rejection, Setting, run},
        event::{By, Event, Handed, Private, Receiving, Recorded},
    },
    error::CaseError,
    store,
};

/// Whom a window clerk applies for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectKey {
    /// Citizen number of a person.
    #[serde(default)]
    pub id_number: Option<String>,
    /// Credit code of an enterprise.
    #[serde(default)]
    pub uscc: Option<String>,
    /// Who it is, where the counter has identified the visitor by any kind of document. Never sent.
    #[serde(skip)]
    pub subject: Option<SubjectId>,
}

/// An application as it is handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Slug of the item.
    pub item: String,
    /// How it comes in; `web` when left out.
    #[serde(default = "web")]
    #[schema(value_type = String)]
    pub channel: Channel,
    /// Answers by field key.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub form: Map<String, Value>,
    /// Materials by key: `{"file": id}`, `{"files": [id, …]}`, `{"certificate": id}`, `{"deferred": true}`;
    /// at a counter also `{"paper": true}`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub materials: BTreeMap<String, Handed>,
    /// How the result shall be delivered; the item's first way when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub delivery: Option<Delivery>,
    /// Where the applicant is reached and where the result goes.
    #[serde(default)]
    pub receiving: Receiving,
    /// Hand in although a rule says no: a person judges it then (a machine may not refuse).
    #[serde(default)]
    pub by_person: bool,
    /// The draft this was written in, removed when it is handed in. One draft is handed in once: it must be there.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub draft: Option<FileId>,
    /// At a counter: whom it is for.
    #[serde(default)]
    pub applicant: Option<SubjectKey>,
    /// Where certificates of other bodies stand in for materials: the version of the words by which the applicant allowed
    /// their use (`GET /api/v1/consent-text`). Never assumed; without it they are not used.
    #[serde(default)]
    pub consent: Option<String>,
}

const fn web() -> Channel {
    Channel::Web
}

/// What a dry run is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Answers so far.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub form: Map<String, Value>,
    /// Materials so far.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub materials: BTreeMap<String, Handed>,
    /// At a counter: whom it is for.
    #[serde(default)]
    pub applicant: Option<SubjectKey>,
}

/// What a dry run found out.
#[derive(Debug, Clone)]
pub struct Assessed {
    /// The version of the item in force.
    pub procedure: Arc<Procedure>,
    /// Fields, materials, rules and faults.
    pub assessment: Assessment,
    /// The applicant as rules see him.
    pub applicant: ApplicantFacts,
    /// What the applicant holds in the certificate library.
    pub certificates: Vec<CertificateFacts>,
}

fn rejected(code: &'static str, advice: &str, pointer: &str) -> CaseError {
    Rejection::invalid(code, advice, vec![Fault::new(pointer, code, advice)]).into()
}

impl Cases {
    /// In whose name: the caller's own, or at a counter the visitor's.
    async fn applicant_of(&self, act: &Act, tx: &mut Tx, key: Option<&SubjectKey>) -> Result<SubjectId, CaseError> {
        if let Some(subject) = act.subject() {
            return Ok(subject);
        }
        if !act.is(Role::Window) {
            return Err(Rejection {
                kind: kernel::Kind::Forbidden,
                code: "cases.applicant-only",
                advice: "由申请人办理；工作人员代为录入需有窗口岗位。".to_owned(),
                faults: Vec::new(),
            }
            .into());
        }
        let (kind, number) = match key {
            Some(SubjectKey { subject: Some(subject), .. }) => return Ok(*subject),
            Some(SubjectKey { id_number: Some(number), uscc: None, .. }) => (DocumentKind::ResidentId, number),
            Some(SubjectKey { id_number: None, uscc: Some(code), .. }) => (DocumentKind::Uscc, code),
            _ => {
                return Err(rejected(
                    "cases.applicant-missing",
                    "请填写申请人的公民身份号码或统一社会信用代码。",
                    "/applicant",
                ));
            }
        };
        let found = self.identity.find_by_key(tx, kind, number).await?;
        found.ok_or_else(|| rejected("cases.applicant-unknown", "没有找到这个申请人，请先为其登记。", "/applicant"))
    }

    /// What the applicant holds, as rules see it.
    pub(crate) async fn certificate_facts(
        &self,
        act: &Act,
        tx: &mut Tx,
        subject: SubjectId,
    ) -> Result<Vec<CertificateFacts>, CaseError> {
        let today = city_date(act.at);
        let held = self.certificates.held(tx, subject, today).await?;
        Ok(held
            .into_iter()
            .map(|c| CertificateFacts {
                id: c.id.to_string(),
                valid: c.valid_on(today),
                certificate_type: c.certificate_type,
                number: c.number,
                issued_on: c.issued_on,
                expires_on: c.expires_on,
                data: c.data,
            })
            .collect())
    }

    /// The dry run: what is prefilled, which fields show, which materials are asked and why, which rules hold.
    ///
    /// # Errors
    /// When there is no such item or applicant.
    pub async fn check(&self, act: &Act, tx: &mut Tx, slug: &str, asked: &Check) -> Result<Assessed, CaseError> {
        let procedure = self.catalogue.procedure(tx, slug, None).await?;
        let subject = self.applicant_of(act, tx, asked.applicant.as_ref()).await?;
        let subject = self.identity.subject(tx, subject).await?;
        let facts = self.facts(act, tx, &subject, &asked.form, &asked.materials).await?;
        let assessment = procedure.assess(&facts);
        Ok(Assessed { procedure, assessment, applicant: facts.applicant, certificates: facts.certificates })
    }

    async fn facts(
        &self,
        act: &Act,
        tx: &mut Tx,
        subject: &Subject,
        form: &Map<String, Value>,
        materials: &BTreeMap<String, Handed>,
    ) -> Result<Facts, CaseError> {
        let today = city_date(act.at);
        Ok(Facts {
            form: form.clone(),
            applicant: applicant_facts(subject, today),
            certificates: self.certificate_facts(act, tx, subject.subject).await?,
            materials: materials.iter().map(|(k, h)| (k.clone(), h.provided())).collect(),
            today,
        })
    }

    /// Hands an application in: from the instant of this act the acceptance clock runs. What the rules complete by
    /// themselves is completed in the same transaction.
    ///
    /// # Errors
    /// When the item is not for this applicant or channel, answers are wrong, materials missing, or a rule says no and
    /// the applicant did not ask for a person. Nothing is kept then.
    pub async fn submit(&self, act: &Act, tx: &mut Tx, application: &Application) -> Result<Case, CaseError> {
        let procedure = self.catalogue.procedure(tx, &application.item, None).await?;
        let item = &procedure.item;
        let subject = self.applicant_of(act, tx, application.applicant.as_ref()).await?;
        let subject = self.identity.subject(tx, subject).await?;
        if !item.audience.contains(&subject.kind) {
            let to = item.audience.iter().map(|a| a.label()).collect::<Vec<_>>().join("、");
            return Err(rejected("cases.wrong-audience", &format!("这个事项由{to}申请。"), "/item"));
        }
        let at_counter = matches!(act.actor, Actor::Staff { .. });
        if at_counter != (application.channel == Channel::Window) {
            return Err(rejected(
                "cases.wrong-channel",
                "窗口渠道由窗口人员录入，其他渠道由申请人自己提交。",
                "/channel",
            ));
        }
        if !at_counter && !item.channels.contains(&application.channel) {
            return Err(rejected(
                "cases.channel-closed",
                "这个事项不支持该办理渠道，请到政务大厅窗口办理。",
                "/channel",
            ));
        }
        let delivery = match application.delivery {
            Some(way) if !item.result.delivery.is_empty() && !item.result.delivery.contains(&way) => {
                return Err(rejected("cases.delivery-closed", "这个事项不支持该送达方式。", "/delivery"));
            }
            Some(way) => way,
            None => item.result.delivery.first().copied().unwrap_or(Delivery::Electronic),
        };
        let facts = self.facts(act, tx, &subject, &application.form, &application.materials).await?;
        let assessment = procedure.assess(&facts);
        self.refuse_incomplete(&procedure, application, &assessment, at_counter)?;
        self.refuse_deferral(act, tx, &subject, application).await?;
        let materials = self.take_materials(act, tx, application, &facts, &assessment, at_counter).await?;
        let region = region_of(&procedure, &assessment.form, &facts.applicant.region, &self.vocabulary);
        let number = self.next_number(act, tx, region.as_deref()).await?;
        self.consent_to(act, tx, &procedure, application, &subject, number.as_str(), &materials).await?;
        let opened = Recorded {
            seq: 1,
            at: act.at,
            by: By::of(&act.actor),
            event: Event::Submitted {
                number: number.as_str().to_owned(),
                item: item.slug.clone(),
                version: procedure.version,
                subject: subject.subject,
                applicant: subject.name.clone(),
                region,
                channel: application.channel,
                delivery,
                materials: materials.clone(),
                by_person: application.by_person,
                steps: item.steps.iter().map(|s| s.key.clone()).collect(),
                private: Private {
                    form: assessment.form,
                    applicant: facts.applicant,
                    certificates: facts.certificates,
                    receiving: application.receiving.clone(),
                },
            },
        };
        let mut case = Case::open(CaseId::fresh(act.at), opened.clone())?;
        let start = case.clone();
        let calendar = self.calendar(act.at);
        let around = self.around(act, tx, &case, &procedure).await?;
        let setting = Setting { procedure: &procedure, calendar: &calendar, now: act.at, demo: self.demo, around };
        let follows = run(&mut case, &setting, Vec::new())?;
        let follows = follows.into_iter().map(|e| (e.by, e.event)).collect();
        let case = self.settle(act, tx, &procedure, None, Some((start, opened)), follows).await?;
        for handed in materials.values() {
            for file in handed.files() {
                store::keep_file(tx, *file, case.id).await?;
            }
        }
        if let Some(draft) = application.draft {
            match self.drop_draft(act, tx, draft).await {
                // Two windows on one draft make one case: who comes second finds the draft gone, and nothing is kept.
                Err(CaseError::NotFound) => return Err(CaseError::draft_gone()),
                other => other?,
            }
        }
        Ok(case)
    }

    /// Whoever has not kept a promise hands everything in at once (容缺受理 needs good credit).
    async fn refuse_deferral(
        &self,
        act: &Act,
        tx: &mut Tx,
        subject: &Subject,
        application: &Application,
    ) -> Result<(), CaseError> {
        let deferred: Vec<&String> =
            application.materials.iter().filter(|(_, h)| **h == Handed::Deferred).map(|(k, _)| k).collect();
        if deferred.is_empty() {
            return Ok(());
        }
        let Some(bad) = self.bad_credit(tx, subject.subject, act.at).await? else { return Ok(()) };
        let words = bad.words();
        let faults =
            deferred.iter().map(|k| Fault::new(format!("/materials/{k}"), "cases.deferral-closed", words.clone()));
        Err(Rejection::invalid("cases.deferral-closed", words.clone(), faults.collect()).into())
    }

    /// Answers are wrong, materials missing, or a rule says no: told all at once.
    fn refuse_incomplete(
        &self,
        procedure: &Procedure,
        application: &Application,
        assessment: &Assessment,
        at_counter: bool,
    ) -> Result<(), CaseError> {
        let mut faults = assessment.faults.clone();
        if !at_counter {
            faults.extend(assessment.materials.iter().filter(|m| m.missing).map(|m| {
                let name = procedure.item.materials.iter().find(|i| i.key == m.key).map_or(m.key.as_str(), |i| &i.name);
                Fault::new(
                    format!("/materials/{}", m.key),
                    "cases.material-missing",
                    format!("请提供“{name}”：{}", m.why),
                )
            }));
        }
        if !faults.is_empty() {
            return Err(Rejection::invalid("cases.incomplete", "申请还不完整，请按提示补充后再提交。", faults).into());
        }
        let broken: Vec<Fault> = assessment
            .rules
            .iter()
            .enumerate()
            .filter(|(_, r)| r.outcome != Outcome::Holds)
            .map(|(i, r)| Fault::new(format!("/rules/{i}"), "cases.rule", r.message.clone()))
            .collect();
        if !broken.is_empty() && !application.by_person {
            return Err(Rejection::invalid(
                "cases.rules-failed",
                "按现有信息暂不符合办理条件。如认为判断有误，可以选择“由工作人员核对”（by_person）后提交。",
                broken,
            )
            .into());
        }
        Ok(())
    }

    /// Checks that files and certificates are the applicant's, and adds the certificates that stand in by themselves.
    async fn take_materials(
        &self,
        act: &Act,
        tx: &mut Tx,
        application: &Application,
        facts: &Facts,
        assessment: &Assessment,
        at_counter: bool,
    ) -> Result<BTreeMap<String, Handed>, CaseError> {
        let mut materials = BTreeMap::new();
        for (key, handed) in &application.materials {
            if *handed == Handed::Paper && !at_counter {
                return Err(rejected("cases.paper-online", "纸质材料只能在窗口收取。", &format!("/materials/{key}")));
            }
            self.check_handed(act, tx, &facts.certificates, key, handed).await?;
            materials.insert(key.clone(), handed.clone());
        }
        for view in &assessment.materials {
            if let (true, Some(Provided::Certificate(id)), false) =
                (view.asked, &view.provided, materials.contains_key(&view.key))
            {
                materials.insert(view.key.clone(), Handed::Certificate(id.clone()));
            }
        }
        Ok(materials)
    }

    /// A file must be one that the caller uploaded and that is still there; a certificate must be among those that
    /// the applicant holds.
    pub(crate) async fn check_handed(
        &self,
        act: &Act,
        tx: &mut Tx,
        held: &[CertificateFacts],
        key: &str,
        handed: &Handed,
    ) -> Result<(), CaseError> {
        let pointer = format!("/materials/{key}");
        for file in handed.files() {
            let meta = match self.blobs.meta(tx, *file).await {
                Ok(meta) => Some(meta).filter(|meta| meta.uploaded_by(act) || meta.uploaded_for(act)),
                Err(blobs::BlobError::NotFound(_)) => None,
                Err(other) => return Err(other.into()),
            };
            if meta.is_none() {
                return Err(rejected("cases.unknown-file", "没有找到这个文件，请重新上传。", &pointer));
            }
            self.blobs.attach(act, tx, *file).await?;
        }
        match handed {
            Handed::Certificate(id) => {
                if !held.iter().any(|c| c.id == *id) {
                    return Err(rejected("cases.unknown-certificate", "申请人名下没有这个电子证照。", &pointer));
                }
            }
            Handed::File(_) | Handed::Files(_) | Handed::Deferred | Handed::Paper => {}
        }
        Ok(())
    }

    async fn next_number(&self, act: &Act, tx: &mut Tx, region: Option<&str>) -> Result<CaseNumber, CaseError> {
        let region = region.unwrap_or(&self.city_region);
        let day = city_date(act.at);
        let sequence = counter::next(tx, &format!("case:{region}:{day}")).await?;
        u32::try_from(sequence).ok().and_then(|n| CaseNumber::new(region, day, n)).ok_or_else(|| CaseError::Corrupt {
            what: "case number".to_owned(),
            reason: format!("{region} {day} {sequence}"),
        })
    }
}

/// The district that handles it: where the form says, else where the applicant lives; none for the city's own items.
fn region_of(
    procedure: &Procedure,
    form: &Map<String, Value>,
    applicant: &Option<String>,
    vocabulary: &vocab::Vocabulary,
) -> Option<String> {
    if procedure.item.level == Level::City {
        return None;
    }
    let named = procedure
        .item
        .fields
        .iter()
        .filter(|f| f.field_type == catalogue::domain::FieldType::Region)
        .find_map(|f| form.get(&f.key).and_then(Value::as_str));
    named
        .or(applicant.as_deref())
        .and_then(|code| code.get(..6))
        .filter(|code| vocabulary.districts().any(|d| d.short_code() == *code))
        .map(str::to_owned)
}
