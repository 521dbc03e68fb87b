//! What the city sets, as its administrators and its clerks meet it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use kernel::{AccountId, Act, Actor, Role, calendar::WorkingCalendar};
use settings::{NoticeTexts, Office, Settings, SettingsError, Topic};
use testkit::World;
use vocab::Vocabulary;

const PUBLISHED: &str = "date,kind,name,in_lieu\n2026-01-01,holiday,元旦,0\n2026-10-01,holiday,国庆节,0\n";
const NEXT_YEAR: &str = "date,kind,name,in_lieu\n2027-01-01,holiday,元旦,0\n2027-10-01,holiday,国庆节,0\n";

struct Hall {
    world: World,
    settings: Settings,
}

fn staff(role: Role) -> Actor {
    Actor::Staff {
        account: AccountId::fresh(testkit::at("2026-03-02 09:00")),
        name: "郑星宇".to_owned(),
        department: "development-reform".to_owned(),
        region: None,
        roles: vec![role],
    }
}

impl Hall {
    async fn new() -> Self {
        let world = World::new(&[audit::SCHEMA, settings::SCHEMA]).await;
        let published = WorkingCalendar::parse(PUBLISHED).unwrap();
        let settings = Settings::new(world.db.clone(), Vocabulary::guiyang(), published);
        Self { world, settings }
    }

    fn act(&self, role: Role) -> Act {
        Act::new(staff(role), self.world.clock.now())
    }

    async fn load(&self, role: Role, csv: &str, reason: &str) -> Result<settings::CalendarChange, SettingsError> {
        let args = (self.settings.clone(), self.act(role), csv.to_owned(), reason.to_owned());
        self.world
            .db
            .write(args, |tx, (settings, act, csv, reason)| Box::pin(settings.load_calendar(act, tx, csv, reason)))
            .await
    }

    async fn office(&self, department: &str, office: Office, reason: &str) -> Result<kernel::Date, SettingsError> {
        let args =
            (self.settings.clone(), self.act(Role::SystemAdmin), department.to_owned(), office, reason.to_owned());
        self.world
            .db
            .write(args, |tx, (settings, act, department, office, reason)| {
                Box::pin(settings.set_office(act, tx, department, office, reason))
            })
            .await
    }
}

fn day(text: &str) -> kernel::Date {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_new_year_counts_from_tomorrow_and_is_known_after_a_refresh() {
    let hall = Hall::new().await;
    let change = hall.load(Role::SystemAdmin, NEXT_YEAR, "国办发明电〔2026〕7号").await.unwrap();
    assert_eq!((change.days.len(), change.valid_from), (2, day("2026-03-03")));
    assert!(!hall.settings.calendar_on(day("2026-03-03")).known(2027), "nobody has looked yet");
    hall.settings.refresh().await.unwrap();
    assert!(!hall.settings.calendar_on(day("2026-03-02")).known(2027), "what was said today stays as it was said");
    let tomorrow = hall.settings.calendar_on(day("2026-03-03"));
    assert!(tomorrow.known(2027) && tomorrow.known(2026));
    assert_eq!(hall.settings.current().calendar_version_on(day("2026-03-03")), 1);
    let mut tx = hall.world.db.read().await.unwrap();
    assert_eq!(hall.settings.calendar_to_apply(&mut tx, day("2026-03-02")).await.unwrap(), None);
    assert_eq!(hall.settings.calendar_to_apply(&mut tx, day("2026-03-03")).await.unwrap(), Some(1));
    drop(tx);
    let args = (hall.settings.clone(), hall.world.clock.now());
    let noted = hall.world.db.write(args, |tx, (s, at)| Box::pin(s.calendar_applied(tx, 1, *at))).await;
    noted.unwrap();
    let mut tx = hall.world.db.read().await.unwrap();
    assert_eq!(hall.settings.calendar_to_apply(&mut tx, day("2026-03-03")).await.unwrap(), None);
    let kept = hall.settings.versions(&mut tx, Topic::Calendar).await.unwrap();
    assert_eq!((kept[0].by.as_str(), kept[0].reason.as_str()), ("郑星宇", "国办发明电〔2026〕7号"));
}

#[tokio::test]
async fn the_past_cannot_be_changed_and_the_same_cannot_be_set_twice() {
    let hall = Hall::new().await;
    let past = "date,kind,name,in_lieu\n2026-02-27,holiday,临时放假,0\n";
    let refused = hall.load(Role::SystemAdmin, past, "通知").await.unwrap_err();
    assert!(matches!(refused, SettingsError::Calendar(_)), "{refused}");
    let broken = hall.load(Role::SystemAdmin, "date,kind\n", "通知").await.unwrap_err();
    assert!(matches!(broken, SettingsError::Calendar(_)), "{broken}");
    hall.load(Role::SystemAdmin, NEXT_YEAR, "通知").await.unwrap();
    assert!(matches!(hall.load(Role::SystemAdmin, NEXT_YEAR, "通知").await, Err(SettingsError::Same)));
}

#[tokio::test]
async fn only_a_system_administrator_sets_and_says_why() {
    let hall = Hall::new().await;
    for role in [Role::SecurityAdmin, Role::Auditor, Role::Window, Role::Approver] {
        assert!(matches!(hall.load(role, NEXT_YEAR, "通知").await, Err(SettingsError::NotAllowed)), "{role}");
    }
    for reason in ["", "  ", "a\nb", &"长".repeat(201)] {
        assert!(matches!(hall.load(Role::SystemAdmin, NEXT_YEAR, reason).await, Err(SettingsError::NoReason)));
    }
}

#[tokio::test]
async fn how_a_department_is_reached_and_what_notices_say() {
    let hall = Hall::new().await;
    let office = Office { phone: " 0851-87987000 ".to_owned(), ..Office::default() };
    assert_eq!(hall.office("tax", office.clone(), "搬迁").await.unwrap(), day("2026-03-03"));
    assert!(matches!(hall.office("tax", office.clone(), "搬迁").await, Err(SettingsError::Same)));
    assert!(matches!(hall.office("no-such", office, "搬迁").await, Err(SettingsError::NoDepartment(_))));
    let wrong = Office { phone: "电话".to_owned(), ..Office::default() };
    assert!(matches!(hall.office("tax", wrong, "搬迁").await, Err(SettingsError::Invalid(_))));

    let set = |texts: NoticeTexts| {
        let args = (hall.settings.clone(), hall.act(Role::SystemAdmin), texts);
        hall.world.db.write(args, |tx, (s, act, texts)| Box::pin(s.set_notices(act, tx, texts, "规范用语")))
    };
    let closing = [("closing_notice".to_owned(), "感谢您使用政务服务。".to_owned())];
    set(NoticeTexts { closing: closing.clone().into(), ..NoticeTexts::default() }).await.unwrap();
    let bad = NoticeTexts { remedies: "可以投诉。".to_owned(), ..NoticeTexts::default() };
    assert!(matches!(set(bad).await, Err(SettingsError::Invalid(_))));
    hall.settings.refresh().await.unwrap();
    let known = hall.settings.current();
    assert_eq!(known.offices_on(day("2026-03-03"))["tax"].phone, "0851-87987000");
    assert!(known.offices_on(day("2026-03-02")).is_empty());
    assert_eq!(known.notices_on(day("2026-03-03")).closing, closing.into());
}

#[tokio::test]
async fn a_changed_version_is_told_and_not_used() {
    let hall = Hall::new().await;
    hall.load(Role::SystemAdmin, NEXT_YEAR, "通知").await.unwrap();
    hall.world.tamper("UPDATE settings_version SET body = 'date,kind,name,in_lieu'").await;
    assert!(matches!(hall.settings.refresh().await, Err(SettingsError::Corrupt { .. })));
    assert!(!hall.settings.calendar_on(day("2026-03-03")).known(2027));
}

#[tokio::test]
async fn schema_and_statements_hold_on_this_engine() {
    let hall = Hall::new().await;
    let schemas = [audit::SCHEMA, settings::SCHEMA];
    assert_eq!(db::check_homes(&hall.world.db, &schemas).await.unwrap(), [""; 0]);
    assert_eq!(db::prepare_all(&hall.world.db, &schemas).await.unwrap(), [""; 0]);
}
