//! Errors that holders report (纠错), and the issuing body's answers.

use std::collections::BTreeMap;

use audit::Entry;
use db::Tx;
use kernel::{Act, Date, Fault, SubjectId, city_date};
use serde_json::json;

use super::{Certificates, object};
use crate::{
    CertificateError, CertificateId, REPORT_DAYS, Reissue, ReissueKind, Report, ReportId, ReportState,
    domain::report::LONGEST, store,
};

const WORDS: &str = "certificate_report.words";
const ANSWER: &str = "certificate_report.answer";

fn words(text: &str, pointer: &str) -> Result<String, CertificateError> {
    let text = text.trim();
    if (4..=LONGEST).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    let fault = Fault::new(pointer, "required", format!("请写明情况，4 至 {LONGEST} 个字。"));
    Err(CertificateError::Invalid(vec![fault]))
}

impl Certificates {
    /// The holder says what is wrong in a certificate. The issuing body answers within five working days.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`] when it is not the caller's, [`CertificateError::ReportThere`] when one waits
    /// already, [`CertificateError::Invalid`] without words.
    pub async fn report_error(
        &self,
        act: &Act,
        tx: &mut Tx,
        id: CertificateId,
        text: &str,
    ) -> Result<Report, CertificateError> {
        let holder = act.subject().ok_or(CertificateError::NotAllowed)?;
        let certificate = self.find(tx, holder, id).await?;
        let text = words(text, "/words")?;
        if store::reports_of(tx, holder, id).await?.iter().any(|report| report.state == ReportState::Open) {
            return Err(CertificateError::ReportThere);
        }
        let today = city_date(act.at);
        let report = Report {
            id: ReportId::fresh(act.at),
            holder,
            certificate: id,
            department: certificate.department,
            at: act.at,
            due: self.settings.calendar_on(today).deadline(today, REPORT_DAYS).date,
            words: text,
            state: ReportState::Open,
            answered_at: None,
            answer: None,
            corrected_by: None,
        };
        store::insert_report(tx, &report, self.seal_words(WORDS, report.id.get(), &report.words)).await?;
        let detail = json!({ "report": report.id, "due": report.due });
        audit::record(act, tx, Entry::new("certificates.error-reported", &object(id)).with(detail)).await?;
        Ok(report)
    }

    /// Reports about one certificate, newest first. Whoever calls has found it with the same holder before.
    ///
    /// # Errors
    /// When the database fails or a field was changed in it.
    pub async fn reports_of(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Vec<Report>, CertificateError> {
        store::reports_of(tx, holder, id).await?.into_iter().map(|report| self.open_report(report)).collect()
    }

    /// Reports that wait in the caller's department, the most urgent first, behind `after`.
    ///
    /// # Errors
    /// [`CertificateError::NotAllowed`].
    pub async fn open_reports(
        &self,
        act: &Act,
        tx: &mut Tx,
        after: Option<(Date, ReportId)>,
        limit: i64,
    ) -> Result<Vec<Report>, CertificateError> {
        let after = after.map_or((Date::MIN, 0), |(due, id)| (due, id.get()));
        let found = store::reports(tx, self.clerk(act)?, after, limit).await?;
        found.into_iter().map(|report| self.open_report(report)).collect()
    }

    /// Answers a report: with `data`, the certificate is changed so and a new version takes its place; without, it is
    /// right as it stands.
    ///
    /// # Errors
    /// [`CertificateError::NoReport`] when none waits in the caller's body; as [`Certificates::reissue`].
    pub async fn answer_report(
        &self,
        act: &Act,
        tx: &mut Tx,
        holder: SubjectId,
        id: ReportId,
        data: &BTreeMap<String, String>,
        text: &str,
    ) -> Result<Report, CertificateError> {
        let department = self.clerk(act)?;
        let found = store::report(tx, holder, id).await?;
        let found = found.filter(|report| report.department == department && report.state == ReportState::Open);
        let mut report = self.open_report(found.ok_or(CertificateError::NoReport)?)?;
        let text = words(text, "/reason")?;
        report.state = if data.is_empty() { ReportState::Refused } else { ReportState::Corrected };
        if !data.is_empty() {
            let asked = Reissue { kind: ReissueKind::Changed, data: data.clone(), reason: text.clone() };
            let made = self.reissue(act, tx, holder, report.certificate, &asked).await?;
            report.corrected_by = Some(made.id);
        }
        let sealed = self.seal_words(ANSWER, id.get(), &text);
        if !store::answer_report(tx, &report, report.state, act.at, act.account(), sealed).await? {
            return Err(CertificateError::NoReport);
        }
        (report.answered_at, report.answer) = (Some(act.at), Some(text));
        let detail = json!({ "report": id, "state": report.state });
        audit::record(act, tx, Entry::new("certificates.report-answered", &object(report.certificate)).with(detail))
            .await?;
        Ok(report)
    }

    fn open_report(&self, mut report: Report) -> Result<Report, CertificateError> {
        let (id, of) = (report.id.get(), report.certificate);
        report.words = self.open_words(WORDS, id, of, &report.words)?;
        report.answer = report.answer.map(|sealed| self.open_words(ANSWER, id, of, &sealed)).transpose()?;
        Ok(report)
    }
}
