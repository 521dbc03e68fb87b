//! The seals of a demonstration city, which the platform founds by itself.

use kernel::Act;

use super::Seals;
use crate::{NewSeal, PutOn, Seal, SealError, SealKind, SealStep};

/// Why the platform takes the steps.
const REASON: &str = "演示城市启用";

impl Seals {
    /// The seal that a body puts on a document of this kind. In a demonstration city a body that has none gets one, step
    /// by step as any other, by the platform itself; elsewhere seals are asked for by people.
    ///
    /// # Errors
    /// [`SealError::NoSeal`] when there is none; in a demonstration what the steps answer.
    pub async fn seal_for(&self, department: &str, what: PutOn) -> Result<Seal, SealError> {
        match self.in_use(department, what).await {
            Err(SealError::NoSeal(..)) if self.mark().is_some() => {
                let _alone = self.founding.lock().await;
                // Somebody else may have founded it meanwhile.
                match self.in_use(department, what).await {
                    Err(SealError::NoSeal(..)) => self.found(department, what).await,
                    there => there,
                }
            }
            there => there,
        }
    }

    async fn in_use(&self, department: &str, what: PutOn) -> Result<Seal, SealError> {
        let now = self.clock.now();
        self.for_use(&mut *self.db.read().await?, department, what, now).await
    }

    async fn found(&self, department: &str, what: PutOn) -> Result<Seal, SealError> {
        let body = self.vocabulary.department(department);
        let body = body.ok_or_else(|| SealError::UnknownDepartment(department.to_owned()))?;
        let (kind, line) = match what {
            PutOn::Certificate => (SealKind::Certificate, "电子证照专用章"),
            PutOn::Decision | PutOn::Notice => (SealKind::Approval, "行政审批专用章"),
            PutOn::Document => (SealKind::Body, ""),
        };
        let new = NewSeal {
            department: department.to_owned(),
            kind,
            name: body.name.clone(),
            line: line.to_owned(),
            put_on: [what].into(),
            daily_quota: 0,
            reason: REASON.to_owned(),
        };
        let act = Act::system(self.clock.now());
        let args = (self.clone(), act.clone(), new);
        let asked: Result<Seal, SealError> = self
            .db
            .write(args, |tx, (seals, act, new)| {
                Box::pin(async move {
                    let asked = seals.apply(act, tx, new).await?;
                    seals.decide(act, tx, asked.id, true, REASON).await
                })
            })
            .await;
        let made = self.make(&act, asked?.id, REASON).await?;
        self.carry_out(&act, made.id, SealStep::Activate, REASON).await
    }
}
