//! Messages, ratings, complaints.

use super::{
    super::voice::{
        COMPLAINT_ANSWER_DAYS, COMPLAINT_TAKE_UP_DAYS, COMPLAINTS, ComplaintKind, RATING_DAYS, REMARK_CHARS,
        RatingAspect, Remark, Side, TALK_CHARS, TALK_DAYS, TALK_FILES, TALK_IN_A_ROW,
    },
    *,
};

/// Words of at most `most` characters, without space around them.
fn short(pointer: &str, words: &str, most: usize) -> Result<String, Rejection> {
    let words = words.trim();
    let length = words.chars().count();
    if length == 0 {
        Err(Rejection::one("cases.text-missing", pointer, "请写明内容，不能为空。"))
    } else if length > most {
        Err(Rejection::one("cases.text-too-long", pointer, format!("内容有{length}个字，请控制在{most}字以内。")))
    } else {
        Ok(words.to_owned())
    }
}

impl Decider<'_> {
    /// On which side the actor stands; the office is whoever has a part in the process.
    fn side(&self) -> Result<Side, Rejection> {
        if self.is_applicant() {
            return Ok(Side::Applicant);
        }
        let procedure = self.setting.procedure;
        let office = matches!(self.actor, Actor::Staff { roles, department, .. }
        if (*department == procedure.item.department
            || procedure.item.steps.iter().any(|s| step_department(procedure, s) == department))
            && roles.iter().any(|r| {
                matches!(r, Role::Window | Role::Reviewer | Role::Approver | Role::CertificateClerk)
            }));
        if office {
            Ok(Side::Office)
        } else {
            Err(Rejection::forbidden("cases.talk-sides", "只有申请人和参与办理的工作人员可以在办件中留言。"))
        }
    }

    pub(super) fn say(&self, words: &str, files: &[kernel::FileId]) -> Decision {
        let side = self.side()?;
        let text = short("/text", words, TALK_CHARS)?;
        if files.len() > TALK_FILES {
            return Err(Rejection::one(
                "cases.talk-files",
                "/files",
                format!("一条留言最多附{TALK_FILES}个文件，请分几条发送。"),
            ));
        }
        let today = city_date(self.setting.now);
        if let Some(ending) = self.case.stage.ending()
            && today > add_days(city_date(ending.at), TALK_DAYS)
        {
            return Err(Rejection::conflict(
                "cases.talk-closed",
                format!("办件结束已超过{TALK_DAYS}天，不能再留言。需要时请拨打 12345。"),
            ));
        }
        let in_a_row = self.case.talk.iter().rev().take_while(|s| s.side == side).count();
        if in_a_row >= TALK_IN_A_ROW {
            return Err(Rejection::conflict(
                "cases.talk-in-a-row",
                format!("已连续留言{in_a_row}条，请等对方回复后再写；急事请拨打 12345。"),
            ));
        }
        Ok(vec![Event::Said { side, files: files.to_vec(), private: Remark { text } }])
    }

    fn rating_input(
        score: u8,
        aspects: &[RatingAspect],
        comment: Option<&str>,
    ) -> Result<(Vec<RatingAspect>, Option<Remark>), Rejection> {
        if !(1..=5).contains(&score) {
            return Err(Rejection::one(
                "cases.score",
                "/score",
                "请在五档中选一档：非常满意、满意、基本满意、不满意、非常不满意。",
            ));
        }
        let comment = comment.map(str::trim).filter(|c| !c.is_empty());
        let remark = comment.map(|c| short("/comment", c, REMARK_CHARS)).transpose()?.map(|text| Remark { text });
        let mut aspects = aspects.to_vec();
        aspects.sort_unstable();
        aspects.dedup();
        Ok((aspects, remark))
    }

    pub(super) fn rate(&self, score: u8, aspects: &[RatingAspect], comment: Option<&str>) -> Decision {
        self.applicant_only()?;
        let (aspects, private) = Self::rating_input(score, aspects, comment)?;
        let Some(ending) = self.case.stage.ending() else { return Err(self.not_now("评价")) };
        if self.case.rating.is_some() {
            return Err(Rejection::conflict("cases.rated", "这个办件已经评价过，可以追加评价一次。"));
        }
        if city_date(self.setting.now) > add_days(city_date(ending.at), RATING_DAYS) {
            return Err(Rejection::conflict(
                "cases.rating-over",
                format!("办件结束已超过{RATING_DAYS}天，评价已经关闭。有意见仍可以投诉或拨打 12345。"),
            ));
        }
        Ok(vec![Event::Rated { score, aspects, private }])
    }

    pub(super) fn follow_up_rating(&self, score: u8, aspects: &[RatingAspect], comment: Option<&str>) -> Decision {
        self.applicant_only()?;
        let (aspects, private) = Self::rating_input(score, aspects, comment)?;
        let Some(first) = &self.case.rating else {
            return Err(Rejection::conflict("cases.not-rated", "还没有评价过，请先评价。"));
        };
        if self.case.follow_up.is_some() {
            return Err(Rejection::conflict("cases.followed-up", "追加评价只有一次，已经评价过了。"));
        }
        if city_date(self.setting.now) > add_days(city_date(first.at), RATING_DAYS) {
            return Err(Rejection::conflict(
                "cases.rating-over",
                format!("第一次评价后超过{RATING_DAYS}天，追加评价已经关闭。有意见仍可以投诉或拨打 12345。"),
            ));
        }
        Ok(vec![Event::FollowedUp { score, aspects, private }])
    }

    pub(super) fn complain(&self, kind: ComplaintKind, words: &str) -> Decision {
        self.applicant_only()?;
        text("/text", words)?;
        if self.case.complaints.len() >= COMPLAINTS {
            return Err(Rejection::conflict(
                "cases.complaints-many",
                format!("这个办件已有{COMPLAINTS}件投诉在处理，请等候答复；急事请拨打 12345。"),
            ));
        }
        let today = city_date(self.setting.now);
        Ok(vec![Event::Complained {
            // Numbered where it is written.
            number: String::new(),
            kind,
            take_up_by: self.setting.calendar.deadline(today, COMPLAINT_TAKE_UP_DAYS).date,
            answer_by: self.setting.calendar.deadline(today, COMPLAINT_ANSWER_DAYS).date,
            private: Remark { text: words.trim().to_owned() },
        }])
    }
}
