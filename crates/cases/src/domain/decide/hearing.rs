//! The hearing (听证) that an applicant may ask for before a refusal (行政许可法 第四十六条至第四十八条), and voiding what was
//! entered wrongly.

use super::*;
use crate::domain::clocks::{HEARING_DAYS, HEARING_NOTICE_DAYS};

/// Most people who sign the minutes.
const MOST_SIGNATURES: usize = 20;

impl Decider<'_> {
    pub(super) fn request_hearing(&self) -> Decision {
        self.applicant_only()?;
        if self.setting.procedure.item.item_type != ItemType::Licensing {
            return Err(Rejection::conflict("cases.no-hearing", "只有行政许可事项可以要求听证，您可以陈述和申辩。"));
        }
        let today = city_date(self.setting.now);
        match &self.case.intended_refusal {
            Some(told) if !self.case.state().is_decided() && self.case.hearing.is_none() => {
                if today > told.due {
                    return Err(Rejection::conflict(
                        "cases.hearing-too-late",
                        format!("要求听证的期限到{}为止，已经过了。", kernel::show_date(told.due)),
                    ));
                }
                Ok(vec![Event::HearingRequested { until: self.setting.calendar.deadline(today, HEARING_DAYS).date }])
            }
            _ => Err(self.not_now("要求听证")),
        }
    }

    /// Begins the special procedure of art. 45: the days from the notice to the hearing are not counted.
    pub(super) fn arrange_hearing(&self, day: kernel::Date, time: &str, place: &str, chair: &str) -> Decision {
        self.reviewing()?;
        let Some(hearing) = self.case.hearing.as_ref().filter(|h| h.day.is_none()) else {
            return Err(self.not_now("通知听证"));
        };
        for (pointer, words) in [("/time", time), ("/place", place), ("/chair", chair)] {
            text(pointer, words)?;
        }
        let today = city_date(self.setting.now);
        let earliest = self.setting.calendar.deadline(today, HEARING_NOTICE_DAYS).date;
        if day < earliest || day > hearing.until {
            return Err(Rejection::one(
                "cases.hearing-day",
                "/day",
                format!(
                    "听证应在{}至{}之间举行：至少提前七个工作日通知，并在要求听证后二十个工作日内组织。",
                    kernel::show_date(earliest),
                    kernel::show_date(hearing.until)
                ),
            ));
        }
        self.may_preside(chair.trim())?;
        if self.case.open_specials().any(|s| s.step.is_none()) {
            return Err(self.not_now("通知听证"));
        }
        let mut events = self.take_up();
        events.push(Event::HearingArranged {
            day,
            time: time.trim().to_owned(),
            place: place.trim().to_owned(),
            chair: chair.trim().to_owned(),
        });
        events.push(Event::SpecialBegun {
            step: None,
            kind: catalogue::domain::SpecialKind::Hearing,
            days: self.setting.calendar.used(today, day).max(1),
            stops_clock: true,
            basis: "《中华人民共和国行政许可法》第四十五条至第四十八条".to_owned(),
        });
        Ok(events)
    }

    /// Who reviewed does not preside (第四十八条第一款第三项), nor does who stays away.
    pub(super) fn may_preside(&self, chair: &str) -> Result<(), Rejection> {
        let reviewed = self.case.steps.iter().zip(&self.setting.procedure.item.steps).any(|(state, step)| {
            matches!(state, StepState::Done { by, .. } if step.kind == StepKind::Review && by.name == chair)
        });
        if reviewed || self.case.avoided.values().any(|name| name == chair) {
            return Err(Rejection::one(
                "cases.hearing-chair",
                "/chair",
                "听证应由审查该申请的人员和已经回避的人员以外的人主持。",
            ));
        }
        Ok(())
    }

    pub(super) fn record_hearing(&self, record: &str, signed_by: &[String]) -> Decision {
        self.reviewing()?;
        text("/record", record)?;
        let Some(day) = self.case.hearing.as_ref().filter(|h| h.held.is_none()).and_then(|h| h.day) else {
            return Err(self.not_now("登记听证笔录"));
        };
        if city_date(self.setting.now) < day {
            return Err(Rejection::conflict(
                "cases.hearing-to-come",
                format!("听证定于{}举行，举行后再登记笔录。", kernel::show_date(day)),
            ));
        }
        if signed_by.is_empty() || signed_by.len() > MOST_SIGNATURES {
            return Err(Rejection::one(
                "cases.hearing-unsigned",
                "/signed_by",
                "笔录应由听证参加人签字，请填写签字人。",
            ));
        }
        for (place, name) in signed_by.iter().enumerate() {
            text(&format!("/signed_by/{place}"), name)?;
        }
        Ok(vec![
            Event::HearingHeld {
                record: String::new(),
                signed_by: Vec::new(),
                private: Some(Minutes { record: record.to_owned(), signed_by: signed_by.to_vec() }),
            },
            Event::SpecialEnded {
                step: None, result: "听证已举行，笔录已签字。".to_owned(), expired: false
            },
        ])
    }

    pub(super) fn propose_void(&self, reason: &str) -> Decision {
        let department = &self.setting.procedure.item.department;
        let works = [Role::Window, Role::Reviewer, Role::Approver].iter().any(|role| self.staff(*role, department));
        if !works {
            return Err(Rejection::forbidden("cases.void-staff", "由本部门办理人员提请作废。"));
        }
        text("/reason", reason)?;
        if self.case.state().is_decided() {
            return Err(self.not_now("作废"));
        }
        self.propose(Proposal::Void { reason: reason.to_owned() })
    }
}
