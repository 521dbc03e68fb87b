//! Why a step of identity was not taken.

use db::DbError;
use gm::KeyError;
use kernel::{AccountId, Failure, Fault, Kind, SubjectId};

/// Why a step was not taken. No text holds personal data.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Name or password is wrong. The same answer whether the name exists or not.
    #[error("wrong username or password")]
    WrongCredentials,
    /// Too many failures; locked for a while.
    #[error("locked after too many failures")]
    Locked {
        /// Whole minutes until it may be tried again, at least 1.
        minutes: i64,
    },
    /// The acting person may not do this.
    #[error("not permitted")]
    NotAllowed,
    /// No such person or enterprise.
    #[error("no subject {0}")]
    NoSubject(SubjectId),
    /// No such login.
    #[error("no account {0}")]
    NoAccount(AccountId),
    /// No such session of this login.
    #[error("no such session")]
    NoSession,
    /// The number belongs to a subject already ("一号").
    #[error("registered already as {0}")]
    AlreadyRegistered(SubjectId),
    /// The username is taken.
    #[error("the username is taken")]
    UsernameTaken,
    /// The input is wrong.
    #[error("wrong input in {} places", .0.len())]
    Invalid(Vec<Fault>),
    /// A mandate has no lawful dates.
    #[error("a mandate without lawful dates")]
    MandateDates,
    /// The person has this mandate from that day on already.
    #[error("the mandate is there already")]
    MandateThere,
    /// A mandate joins a person and an enterprise, and an agent's login needs one.
    #[error("no person with a mandate for an enterprise")]
    NoMandate,
    /// These roles keep away from each other.
    #[error("these roles cannot be held together")]
    RolesConflict,
    /// No roles were asked for.
    #[error("no roles were requested")]
    NothingRequested,
    /// Somebody else changed it meanwhile.
    #[error("changed by someone else meanwhile")]
    Stale,
    /// The password cannot be hashed just now.
    #[error("the password could not be hashed")]
    Hashing,
    /// The one-time code is wrong.
    #[error("wrong one-time code")]
    WrongCode,
    /// The code's time or its tries are over, or it was used.
    #[error("the one-time code no longer holds")]
    CodeOver,
    /// A code was sent a moment ago, or too many today.
    #[error("codes are asked for too often")]
    TooOften {
        /// Seconds until there may be one again, at least 1.
        seconds: i64,
    },
    /// The step was begun too long ago, elsewhere, or not at all.
    #[error("no such step under way")]
    NoFlow,
    /// No gateway for short messages is joined.
    #[error("no port for short messages")]
    NoSender,
    /// The business register does not confirm who represents the enterprise.
    #[error("not confirmed by the business register")]
    NotConfirmed,
    /// No business register is joined, or it does not answer.
    #[error("no business register")]
    NoRegister,
    /// The step asks for a higher real-name level.
    #[error("the real-name level is too low")]
    LevelTooLow,
    /// The caller gave no such consent.
    #[error("no such consent of this subject")]
    NoConsent,
    /// The consent does not hold any more.
    #[error("the consent does not hold any more")]
    ConsentOver,
    /// A key is missing or a sealed field was changed.
    #[error("a sealed field cannot be used")]
    Keys(#[from] KeyError),
    /// The database failed.
    #[error("identity storage failed")]
    Db(#[from] DbError),
}

impl Failure for IdentityError {
    fn kind(&self) -> Kind {
        match self {
            Self::WrongCredentials => Kind::Unauthenticated,
            Self::Locked { .. } => Kind::TooMany,
            Self::NotAllowed => Kind::Forbidden,
            Self::NoSubject(_) | Self::NoAccount(_) | Self::NoSession | Self::NoConsent => Kind::NotFound,
            Self::AlreadyRegistered(_) | Self::UsernameTaken | Self::MandateThere | Self::NothingRequested => {
                Kind::Conflict
            }
            Self::Stale => Kind::Stale,
            Self::Invalid(_) | Self::MandateDates | Self::NoMandate | Self::RolesConflict => Kind::Invalid,
            Self::Hashing | Self::NoSender => Kind::Unavailable,
            Self::WrongCode => Kind::Invalid,
            Self::CodeOver | Self::NoFlow | Self::NotConfirmed | Self::NoRegister => Kind::Conflict,
            Self::TooOften { .. } => Kind::TooMany,
            Self::ConsentOver => Kind::Conflict,
            Self::LevelTooLow => Kind::Forbidden,
            Self::Keys(error) => error.kind(),
            Self::Db(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::WrongCredentials => "identity.wrong-credentials",
            Self::Locked { .. } => "identity.locked",
            Self::NotAllowed => "identity.not-allowed",
            Self::NoSubject(_) => "identity.no-subject",
            Self::NoAccount(_) => "identity.no-account",
            Self::NoSession => "identity.no-session",
            Self::AlreadyRegistered(_) => "identity.already-registered",
            Self::UsernameTaken => "identity.username-taken",
            Self::Invalid(_) => "identity.invalid",
            Self::MandateDates => "identity.mandate-dates",
            Self::MandateThere => "identity.mandate-there",
            Self::NoMandate => "identity.no-mandate",
            Self::RolesConflict => "identity.roles-conflict",
            Self::NothingRequested => "identity.nothing-requested",
            Self::Stale => "identity.stale",
            Self::Hashing => "identity.unavailable",
            Self::WrongCode => "identity.wrong-code",
            Self::CodeOver => "identity.code-over",
            Self::TooOften { .. } => "identity.too-often",
            Self::NoFlow => "identity.no-flow",
            Self::NoSender => "identity.no-sender",
            Self::NotConfirmed => "identity.not-confirmed",
            Self::NoRegister => "identity.no-register",
            Self::LevelTooLow => "identity.level-too-low",
            Self::NoConsent => "identity.no-consent",
            Self::ConsentOver => "identity.consent-over",
            Self::Keys(error) => error.code(),
            Self::Db(error) => error.code(),
        }
    }
    fn advice(&self) -> String {
        match self {
            Self::WrongCredentials => "用户名或密码不正确，请核对后重新输入；忘记密码可以用短信验证码重设。",
            Self::Locked { minutes } => {
                return format!(
                    "登录失败次数过多，已暂时锁定。请约 {minutes} 分钟后再试；如非本人操作，请尽快修改密码。"
                );
            }
            Self::NotAllowed => "您没有办理此项操作的权限，如有需要请联系本单位管理员。",
            Self::NoSubject(_) => "没有找到这个人或企业，请核对后再试。",
            Self::NoAccount(_) => "没有找到这个账户，请核对后再试。",
            Self::NoSession => "没有找到这个会话，它可能已经结束，请刷新列表。",
            Self::AlreadyRegistered(_) => "该证件号码已经登记过，请直接登录；忘记账户请到窗口查询。",
            Self::UsernameTaken => "这个用户名已被使用，请换一个。",
            Self::Invalid(_) => "填写的内容有误，请按提示修改后重新提交。",
            Self::MandateDates => "授权期限有误：除法定代表人外，授权须有截止日期，且不超过一年。请修改后重新提交。",
            Self::MandateThere => "这项授权已经登记，不必重复登记。",
            Self::NoMandate => "此人没有该企业的有效授权，请先由企业办理授权。",
            Self::RolesConflict => "这些岗位权限不能由同一人兼任，请调整后重新提交。",
            Self::NothingRequested => "没有待批准的权限申请，请先由系统管理员提出申请。",
            Self::Stale => "内容已被他人修改，请刷新后再试。",
            Self::Hashing => "系统繁忙，请稍后再试。",
            Self::WrongCode => "验证码不正确，请核对短信后重新输入。",
            Self::CodeOver => "验证码已经失效，请重新获取。",
            Self::TooOften { seconds } => return too_often(*seconds),
            Self::NoFlow => "这一步已经过期，请从头再来。",
            Self::NoSender => "短信暂时发不出去，请稍后再试，或者到窗口办理。",
            Self::NotConfirmed => "没有核实到您是这家企业的法定代表人。请核对统一社会信用代码和企业名称；确认无误的，请带身份证件和营业执照到窗口登记。",
            Self::NoRegister => "现在不能在网上核对企业登记信息。请法定代表人带身份证件和营业执照到窗口登记。",
            Self::LevelTooLow => "您的实名等级不够，办理这件事须先核验身份。请带证件原件到任一政务大厅窗口核验。",
            Self::NoConsent => "没有找到这项授权，请刷新列表后再试。",
            Self::ConsentOver => "这项授权已经终止，不用再撤回。",
            Self::Keys(error) => return error.advice(),
            Self::Db(error) => return error.advice(),
        }
        .to_owned()
    }
    fn retry_after_s(&self) -> Option<i64> {
        match self {
            Self::Locked { minutes } => Some(minutes * 60),
            Self::TooOften { seconds } => Some(*seconds),
            _ => None,
        }
    }
    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            _ => Vec::new(),
        }
    }
}

fn too_often(seconds: i64) -> String {
    match seconds {
        i64::MIN..=90 => format!("验证码刚刚发过，请 {seconds} 秒后再获取。"),
        91..=7_200 => format!("获取验证码过于频繁，请约 {} 分钟后再试。", (seconds + 59) / 60),
        _ => format!(
            "24 小时内获取验证码的次数已满，请约 {} 小时后再试，或者用密码登录、到窗口办理。",
            (seconds + 3_599) / 3_600
        ),
    }
}
