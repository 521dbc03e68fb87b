//! Registering oneself, signing in by code, a forgotten password, a new phone.

use std::sync::{Arc, Mutex};

use identity::{
    Applicant, CodeSender, DocumentKind, Holder, Identity, IdentityError, PortError, Ports, Purpose, Simulator,
    VerifiedBy,
};
use kernel::{Act, Actor, Failure, Role, Timestamp};
use webkit::BoxFuture;

use crate::world::{LI, PASSWORD, PHONE, Town, WANG};

pub(crate) const NEW_PASSWORD: &str = "Hong9-water.Lv";
const ZHAO: &str = "520121200506156033";
const OTHER_PHONE: &str = "13700001111";

/// Phones of the town, each with what came in.
#[derive(Clone, Default)]
pub(crate) struct Phones(Arc<Mutex<Vec<(String, String)>>>);

impl CodeSender for Phones {
    fn send<'a>(
        &'a self,
        phone: &'a str,
        text: &'a str,
        _reference: &'a str,
        _at: Timestamp,
    ) -> BoxFuture<'a, Result<(), PortError>> {
        Box::pin(async move {
            self.0.lock().unwrap().push((phone.to_owned(), text.to_owned()));
            Ok(())
        })
    }
}

impl Phones {
    /// What came in so far. Messages leave beside the answer: everything that was begun is let run first.
    pub(crate) async fn all(&self) -> Vec<(String, String)> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        self.0.lock().unwrap().clone()
    }

    pub(crate) async fn last(&self, phone: &str) -> String {
        let all = self.all().await;
        all.iter().rev().find(|(to, _)| to == phone).map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// The code that came last to a phone.
    pub(crate) async fn code(&self, phone: &str) -> String {
        let text = self.last(phone).await;
        text.split_once("验证码 ").map(|(_, rest)| rest.chars().take(6).collect()).unwrap_or_default()
    }
}

pub(crate) fn with_phones(mut town: Town) -> (Town, Phones) {
    let phones = Phones::default();
    let ports = Ports { codes: Some(Arc::new(phones.clone())), ..Ports::default() };
    town.identity = town.identity.clone().with_ports(ports);
    (town, phones)
}

fn act(town: &Town, address: &str) -> Act {
    Act { address: Some(address.to_owned()), ..Act::new(Actor::Stranger, town.now()) }
}

fn applicant(name: &str, number: &str) -> Applicant {
    Applicant { name: name.to_owned(), document: DocumentKind::ResidentId, number: number.to_owned(), birth_date: None }
}

/// A code that is not this one.
fn other_code(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

async fn register(identity: &Identity, act: &Act, phones: &Phones) -> Result<identity::NewSession, IdentityError> {
    let ticket = identity.begin_registration(act, &applicant("赵一鸣", ZHAO), "/items").await?;
    identity.registration_phone(act, &ticket, "137 0000 1111").await?;
    identity.enter_code(act, &ticket, Purpose::Register, &phones.code(OTHER_PHONE).await).await?;
    identity.finish_registration(act, &ticket, NEW_PASSWORD, Some("story/1")).await
}

#[tokio::test]
async fn a_person_registers_and_is_signed_in() {
    let (town, phones) = with_phones(Town::new().await);
    let stranger = act(&town, "192.0.2.7");
    let session = register(&town.identity, &stranger, &phones).await.unwrap();
    let me = town.act(&session.token).await;
    assert!(matches!(&me.actor, Actor::Person { name, .. } if name == "赵一鸣"), "{:?}", me.actor);
    let (account, _, subject) = town.identity.me(me.account().unwrap()).await.unwrap();
    let subject = subject.unwrap();
    assert_eq!((subject.number.as_str(), subject.phone.as_deref()), (ZHAO, Some(OTHER_PHONE)));
    assert_eq!((subject.level, subject.verified_by), (1, VerifiedBy::Nobody), "a phone proves no name");
    assert!(account.username.starts_with('p'));
    // The number of the document is the name at the door, in any spelling.
    town.sign_in(" 520121200506156033 ", NEW_PASSWORD).await.unwrap();
    assert!(matches!(town.sign_in(ZHAO, PASSWORD).await, Err(IdentityError::WrongCredentials)));
    let text = phones.last(OTHER_PHONE).await;
    assert!(text.contains("用于注册") && text.contains("5 分钟"), "{text}");
}

#[tokio::test]
async fn the_simulator_raises_the_level_and_says_that_no_authority_did() {
    let (mut town, phones) = with_phones(Town::new().await);
    let ports =
        Ports { codes: Some(Arc::new(phones.clone())), real_names: Some(Arc::new(Simulator)), ..Ports::default() };
    town.identity = town.identity.clone().with_ports(ports);
    let session = register(&town.identity, &act(&town, "192.0.2.7"), &phones).await.unwrap();
    let (_, _, subject) = town.identity.me(session.account.account).await.unwrap();
    let subject = subject.unwrap();
    assert_eq!((subject.level, subject.verified_by.label()), (2, "未经权威核验"));
}

#[tokio::test]
async fn a_registered_number_gets_the_same_answer_and_its_holder_is_told() {
    let (town, phones) = with_phones(Town::new().await);
    town.citizen().await;
    for (n, number) in [(1, WANG), (2, LI)] {
        let stranger = act(&town, &format!("192.0.2.{n}"));
        let ticket = town.identity.begin_registration(&stranger, &applicant("王小敏", number), "/").await.unwrap();
        let phone = format!("1370000111{n}");
        town.identity.registration_phone(&stranger, &ticket, &phone).await.unwrap();
        let flow = town.identity.flow(&ticket, town.now()).await.unwrap().unwrap();
        assert!(flow.asked && !flow.proven && flow.message.is_none(), "{number}");
        let wrong = town.identity.enter_code(&stranger, &ticket, Purpose::Register, "000000").await.unwrap_err();
        assert_eq!(wrong.code(), "identity.wrong-code", "{number}");
    }
    let all = phones.all().await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].0, PHONE, "the notice goes to the phone on file, not to the one that was typed");
    assert!(all[0].1.contains("已经注册过") && !all[0].1.contains("王小敏") && !all[0].1.contains(WANG));
    assert!(all[1].0 == "13700001112" && all[1].1.contains("验证码"));
}

#[tokio::test]
async fn who_was_registered_at_a_counter_opens_his_login_with_the_phone_he_gave_there() {
    let (town, phones) = with_phones(Town::new().await);
    let wang = town.person("王小敏", WANG, Some(PHONE)).await.unwrap();
    // Somebody with another phone, or under another name, gets no code.
    for (n, name, phone) in [(1, "王小敏", OTHER_PHONE), (2, "王大敏", PHONE)] {
        let stranger = act(&town, &format!("192.0.2.{n}"));
        let ticket = town.identity.begin_registration(&stranger, &applicant(name, WANG), "/").await.unwrap();
        town.identity.registration_phone(&stranger, &ticket, phone).await.unwrap();
        assert!(!phones.last(phone).await.contains("验证码"), "{name} {phone}");
        town.wait_minutes(2);
    }
    let stranger = act(&town, "192.0.2.3");
    let ticket = town.identity.begin_registration(&stranger, &applicant("王小敏", WANG), "/").await.unwrap();
    town.identity.registration_phone(&stranger, &ticket, PHONE).await.unwrap();
    town.identity.enter_code(&stranger, &ticket, Purpose::Register, &phones.code(PHONE).await).await.unwrap();
    let session = town.identity.finish_registration(&stranger, &ticket, NEW_PASSWORD, None).await.unwrap();
    assert_eq!(town.act(&session.token).await.subject(), Some(wang), "one number, one subject");
    let again = town.identity.finish_registration(&stranger, &ticket, NEW_PASSWORD, None).await;
    assert!(matches!(again, Err(IdentityError::NoFlow)), "a ticket serves once");
}

#[tokio::test]
async fn nobody_registers_without_the_code_or_with_a_weak_password() {
    let (town, phones) = with_phones(Town::new().await);
    let stranger = act(&town, "192.0.2.7");
    let ticket = town.identity.begin_registration(&stranger, &applicant("赵一鸣", ZHAO), "/").await.unwrap();
    let finish = async |password: &str| town.identity.finish_registration(&stranger, &ticket, password, None).await;
    assert!(matches!(finish(NEW_PASSWORD).await, Err(IdentityError::NoFlow)), "no phone yet");
    let error = town.identity.registration_phone(&stranger, &ticket, "0851-81234567").await.unwrap_err();
    assert_eq!(error.faults()[0].pointer, "/phone");
    town.identity.registration_phone(&stranger, &ticket, OTHER_PHONE).await.unwrap();
    assert!(matches!(finish(NEW_PASSWORD).await, Err(IdentityError::NoFlow)), "no code yet");
    let code = phones.code(OTHER_PHONE).await;
    town.identity.enter_code(&stranger, &ticket, Purpose::Register, &code).await.unwrap();
    for weak in ["short", "Zhao13700001111", "Aa520121200506156033"] {
        assert!(matches!(finish(weak).await, Err(IdentityError::Invalid(_))), "{weak}");
    }
    finish(NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_code_ends_after_five_minutes_after_five_tries_and_with_its_use() {
    let (town, phones) = with_phones(Town::new().await);
    let begin = async |n: i64| {
        let stranger = act(&town, &format!("192.0.2.{n}"));
        let number = kernel::identifiers::IdNumber::synthetic(520_102, "1990-03-07".parse().unwrap(), 200 + n as u32);
        let who = applicant("赵一鸣", number.as_str());
        let ticket = town.identity.begin_registration(&stranger, &who, "/").await.unwrap();
        let phone = format!("1370000100{n}");
        town.identity.registration_phone(&stranger, &ticket, &phone).await.unwrap();
        (stranger, ticket, phones.code(&phone).await, phone)
    };
    let enter = async |act: &Act, ticket: &str, code: &str| {
        let act = Act { at: town.now(), ..act.clone() };
        town.identity.enter_code(&act, ticket, Purpose::Register, code).await
    };
    let (stranger, ticket, code, _) = begin(1).await;
    enter(&stranger, &ticket, &code).await.unwrap();
    assert!(matches!(enter(&stranger, &ticket, &code).await, Err(IdentityError::CodeOver)), "used");

    let (stranger, ticket, code, phone) = begin(2).await;
    town.wait_ms(5 * 60_000);
    assert!(matches!(enter(&stranger, &ticket, &code).await, Err(IdentityError::CodeOver)), "five minutes");
    // A new code takes its place, and the old one stays worth nothing.
    let later = Act { at: town.now(), ..stranger.clone() };
    town.identity.send_again(&later, &ticket, Purpose::Register).await.unwrap();
    let fresh = phones.code(&phone).await;
    if fresh != code {
        assert!(matches!(enter(&stranger, &ticket, &code).await, Err(IdentityError::WrongCode)));
    }
    enter(&stranger, &ticket, &fresh).await.unwrap();

    let (stranger, ticket, code, _) = begin(3).await;
    for n in 0..5 {
        // From another address each time: the tries belong to the code.
        let guesser = act(&town, &format!("198.51.100.{n}"));
        assert!(matches!(enter(&guesser, &ticket, &other_code(&code)).await, Err(IdentityError::WrongCode)), "{n}");
    }
    assert!(enter(&stranger, &ticket, &code).await.is_err(), "the right code comes too late");
    town.wait_minutes(16);
    assert!(matches!(enter(&stranger, &ticket, &code).await, Err(IdentityError::CodeOver)));
    town.wait_minutes(31);
    assert!(matches!(enter(&stranger, &ticket, &code).await, Err(IdentityError::NoFlow)), "half an hour is over");
}

#[tokio::test]
async fn a_code_is_worth_nothing_elsewhere() {
    let (town, phones) = with_phones(Town::new().await);
    town.citizen().await;
    let stranger = act(&town, "192.0.2.7");
    let sign_in = town.identity.begin_by_code(&stranger, Purpose::SignIn, "citizen1", "/").await.unwrap();
    let code = phones.code(PHONE).await;
    town.wait_minutes(2);
    let elsewhere = act(&town, "192.0.2.8");
    let forgotten = town.identity.begin_by_code(&elsewhere, Purpose::Forgotten, WANG, "/").await.unwrap();
    if phones.code(PHONE).await != code {
        let entered = town.identity.enter_code(&elsewhere, &forgotten, Purpose::Forgotten, &code).await;
        assert!(matches!(entered, Err(IdentityError::WrongCode)), "another ticket, another purpose");
    }
    let entered = town.identity.enter_code(&elsewhere, &sign_in, Purpose::Forgotten, &code).await;
    assert!(matches!(entered, Err(IdentityError::NoFlow)), "the ticket of one purpose for another");
    let forged = town.identity.sign_in_by_code(&elsewhere, "forged", &code, None).await;
    assert!(matches!(forged, Err(IdentityError::NoFlow)));
    town.identity.sign_in_by_code(&elsewhere, &sign_in, &code, None).await.unwrap();
}

#[tokio::test]
async fn one_code_a_minute_and_ten_a_day_for_a_phone_and_for_an_address() {
    let (town, phones) = with_phones(Town::new().await);
    let ask = async |n: u32, phone: &str, address: &str| {
        let stranger = act(&town, address);
        let number = kernel::identifiers::IdNumber::synthetic(520_102, "1990-03-07".parse().unwrap(), 100 + n);
        let who = applicant("赵一鸣", number.as_str());
        let ticket = town.identity.begin_registration(&stranger, &who, "/").await.unwrap();
        town.identity.registration_phone(&stranger, &ticket, phone).await
    };
    ask(1, OTHER_PHONE, "192.0.2.1").await.unwrap();
    let phone = ask(2, OTHER_PHONE, "192.0.2.2").await;
    assert!(matches!(phone, Err(IdentityError::TooOften { seconds: 60 })), "{phone:?}");
    let address = ask(3, "13700002222", "192.0.2.1").await;
    assert!(matches!(address, Err(IdentityError::TooOften { seconds: 60 })), "{address:?}");
    for n in 2..=10 {
        town.wait_ms(60_000);
        ask(10 + n, OTHER_PHONE, &format!("192.0.2.{}", 10 + n)).await.unwrap();
    }
    town.wait_ms(60_000);
    let day = ask(30, OTHER_PHONE, "192.0.2.40").await;
    assert!(matches!(day, Err(IdentityError::TooOften { seconds }) if seconds > 80_000), "{day:?}");
    assert_eq!(phones.all().await.len(), 10);
    // Behind a proxy that hides addresses everybody comes from loopback: it is never counted.
    ask(31, "13700003331", "127.0.0.1").await.unwrap();
    ask(32, "13700003332", "127.0.0.1").await.unwrap();
}

#[tokio::test]
async fn signing_in_by_code_tells_nothing_of_who_is_registered() {
    let (town, phones) = with_phones(Town::new().await);
    let (_, account) = town.citizen().await;
    town.staff("window1", &[Role::Window]).await.unwrap();
    let mut told = Vec::new();
    for (n, typed) in ["citizen1", WANG, "nobody1", LI, "window1", "王小敏"].into_iter().enumerate() {
        let stranger = act(&town, &format!("192.0.2.{n}"));
        let ticket = town.identity.begin_by_code(&stranger, Purpose::SignIn, typed, "/").await.unwrap();
        let flow = town.identity.flow(&ticket, town.now()).await.unwrap().unwrap();
        let wrong = town.identity.sign_in_by_code(&stranger, &ticket, "12345", None).await.unwrap_err();
        told.push((flow.phone, flow.asked, flow.message, wrong.code(), wrong.advice()));
        town.wait_minutes(2);
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(phones.all().await.len(), 2, "a code for the citizen alone; staff need two factors");
    assert!(town.trail(account).await.is_empty(), "nobody was signed in");
}

#[tokio::test]
async fn wrong_codes_and_wrong_passwords_lock_together() {
    let (town, phones) = with_phones(Town::new().await);
    town.citizen().await;
    let ticket = town.identity.begin_by_code(&act(&town, "192.0.2.1"), Purpose::SignIn, WANG, "/").await.unwrap();
    let code = phones.code(PHONE).await;
    for n in 0..3 {
        let guesser = act(&town, &format!("198.51.100.{n}"));
        let wrong = town.identity.sign_in_by_code(&guesser, &ticket, &other_code(&code), None).await;
        assert!(matches!(wrong, Err(IdentityError::WrongCode)));
    }
    for n in 0..2 {
        town.sign_in_from("citizen1", "Wrong9-shan.Lv", &format!("198.51.101.{n}")).await.unwrap_err();
    }
    let right = town.identity.sign_in_by_code(&act(&town, "192.0.2.9"), &ticket, &code, None).await;
    assert!(matches!(right, Err(IdentityError::Locked { .. })), "{right:?}");
    let password = town.sign_in_from("citizen1", PASSWORD, "192.0.2.10").await;
    assert!(matches!(password, Err(IdentityError::Locked { .. })), "{password:?}");
    let asked = town.identity.begin_by_code(&act(&town, "192.0.2.11"), Purpose::Forgotten, WANG, "/").await;
    assert!(matches!(asked, Err(IdentityError::Locked { .. })), "{asked:?}");
}

#[tokio::test]
async fn codes_guessed_at_the_same_time_are_all_counted() {
    let (town, phones) = with_phones(Town::new().await);
    town.citizen().await;
    let ticket = town.identity.begin_by_code(&act(&town, "192.0.2.1"), Purpose::SignIn, "citizen1", "/").await.unwrap();
    let wrong = other_code(&phones.code(PHONE).await);
    let tries = (0..12).map(|n| {
        let (identity, act, ticket, wrong) =
            (town.identity.clone(), act(&town, &format!("198.51.100.{n}")), ticket.clone(), wrong.clone());
        tokio::spawn(async move { identity.sign_in_by_code(&act, &ticket, &wrong, None).await.map(|_| ()) })
    });
    let mut counted = 0;
    for task in tries.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Err(IdentityError::WrongCode) => counted += 1,
            Err(IdentityError::Locked { .. } | IdentityError::CodeOver) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(counted, 5);
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_and_all_sessions_end() {
    let (town, phones) = with_phones(Town::new().await);
    let (_, account) = town.citizen().await;
    let before = town.sign_in("citizen1", PASSWORD).await.unwrap();
    let stranger = act(&town, "192.0.2.50");
    let ticket = town.identity.begin_by_code(&stranger, Purpose::Forgotten, WANG, "/").await.unwrap();
    let early = town.identity.renew_password(&stranger, &ticket, NEW_PASSWORD, None).await;
    assert!(matches!(early, Err(IdentityError::NoFlow)), "{early:?}");
    town.identity.enter_code(&stranger, &ticket, Purpose::Forgotten, &phones.code(PHONE).await).await.unwrap();
    let personal = town.identity.renew_password(&stranger, &ticket, "Wang13800003210", None).await;
    assert!(matches!(personal, Err(IdentityError::Invalid(_))), "{personal:?}");
    let session = town.identity.renew_password(&stranger, &ticket, NEW_PASSWORD, None).await.unwrap();
    assert!(town.who(&session.token).await.is_some());
    assert_eq!(town.who(&before).await, None);
    assert!(town.sign_in("citizen1", PASSWORD).await.is_err());
    assert!(phones.last(PHONE).await.contains("密码已重设"));
    assert!(town.trail(account).await.contains(&"identity.password_changed".to_owned()));
    let again = town.identity.renew_password(&stranger, &ticket, "Hong9-water.Lan", None).await;
    assert!(matches!(again, Err(IdentityError::NoFlow)), "{again:?}");
    // A username is no proof: the forgotten password asks for the number of the document.
    town.wait_minutes(2);
    let by_name = act(&town, "192.0.2.51");
    town.identity.begin_by_code(&by_name, Purpose::Forgotten, "citizen1", "/").await.unwrap();
    assert!(phones.last(PHONE).await.contains("密码已重设"), "no code went out");
}

#[tokio::test]
async fn a_new_phone_is_proven_and_the_old_one_is_told() {
    let (town, phones) = with_phones(Town::new().await);
    town.citizen().await;
    let li = town.person("李敏", LI, Some("13912345678")).await.unwrap();
    town.open("citizen2", Holder::Person(li)).await.unwrap();
    let me = town.act(&town.sign_in("citizen1", PASSWORD).await.unwrap()).await;
    let wrong = town.identity.begin_phone_change(&me, "Wrong9-shan.Lv", OTHER_PHONE).await;
    assert!(matches!(wrong, Err(IdentityError::WrongCredentials)), "{wrong:?}");
    let ticket = town.identity.begin_phone_change(&me, PASSWORD, OTHER_PHONE).await.unwrap();
    let code = phones.code(OTHER_PHONE).await;
    let other = town.act(&town.sign_in("citizen2", PASSWORD).await.unwrap()).await;
    let stolen = town.identity.change_phone(&other, &ticket, &code).await;
    assert!(matches!(stolen, Err(IdentityError::NoFlow)), "{stolen:?}");
    town.identity.change_phone(&me, &ticket, &code).await.unwrap();
    let (_, _, subject) = town.identity.me(me.account().unwrap()).await.unwrap();
    assert_eq!(subject.unwrap().phone.as_deref(), Some(OTHER_PHONE));
    assert!(phones.last(PHONE).await.contains("手机号已更换"));
    let again = town.identity.change_phone(&me, &ticket, &code).await;
    assert!(matches!(again, Err(IdentityError::NoFlow)), "{again:?}");
}

#[tokio::test]
async fn a_message_is_shown_in_a_demonstration_alone_and_nowhere_kept_in_clear() {
    let (mut town, phones) = with_phones(Town::new().await);
    let stranger = act(&town, "192.0.2.7");
    let ticket = town.identity.begin_registration(&stranger, &applicant("赵一鸣", ZHAO), "/").await.unwrap();
    town.identity.registration_phone(&stranger, &ticket, OTHER_PHONE).await.unwrap();
    assert_eq!(town.identity.flow(&ticket, town.now()).await.unwrap().unwrap().message, None);

    let codes: Option<Arc<dyn CodeSender>> = Some(Arc::new(phones.clone()));
    town.identity = town.identity.clone().with_ports(Ports { codes, show_messages: true, ..Ports::default() });
    town.wait_minutes(1);
    let stranger = Act { at: town.now(), ..stranger };
    town.identity.send_again(&stranger, &ticket, Purpose::Register).await.unwrap();
    let code = phones.code(OTHER_PHONE).await;
    let message = town.identity.flow(&ticket, town.now()).await.unwrap().unwrap().message.unwrap();
    assert!(message.contains(&code));
    let dump = town.world.dump().await;
    for secret in [code.as_str(), ZHAO, OTHER_PHONE, "赵一鸣", &ticket] {
        assert!(!dump.contains(secret), "the dump shows {secret}");
    }
    // Whoever takes the demonstration's database into service shows nothing either.
    town.identity = town.identity.clone().with_ports(Ports { codes: Some(Arc::new(phones)), ..Ports::default() });
    assert_eq!(town.identity.flow(&ticket, town.now()).await.unwrap().unwrap().message, None);
}

#[tokio::test]
async fn without_a_gateway_nothing_begins() {
    let town = Town::new().await;
    town.citizen().await;
    let stranger = act(&town, "192.0.2.7");
    let error = town.identity.begin_by_code(&stranger, Purpose::SignIn, "citizen1", "/").await.unwrap_err();
    assert!(matches!(error, IdentityError::NoSender) && error.advice().contains("短信"));
}
