use identity::{AccountState, IdentityError};
use kernel::{AccountId, Act, Actor, Role};

use crate::world::{PASSWORD, Town};

async fn act_as(town: &Town, username: &str) -> Act {
    let token = town.sign_in(username, PASSWORD).await.unwrap();
    town.act(&token).await
}

async fn grant(town: &Town, act: &Act, account: AccountId) -> Result<Vec<Role>, IdentityError> {
    town.identity.in_write(act, account, |me, act, tx, account| Box::pin(me.grant_roles(act, tx, *account))).await
}

async fn request(town: &Town, act: &Act, account: AccountId, roles: &[Role]) -> Result<(), IdentityError> {
    town.identity
        .in_write(act, (account, roles.to_vec()), |me, act, tx, (account, roles)| {
            Box::pin(me.request_roles(act, tx, *account, roles))
        })
        .await
}

#[tokio::test]
async fn a_clerk_acts_for_his_department_with_his_roles() {
    let town = Town::new().await;
    let account = town.staff("window1", &[Role::Window, Role::CertificateClerk]).await.unwrap();
    let act = act_as(&town, "window1").await;
    assert_eq!(
        act.actor,
        Actor::Staff {
            account,
            name: "赵一鸣".into(),
            department: "market-regulation".into(),
            region: None,
            roles: vec![Role::Window, Role::CertificateClerk],
        }
    );
}

#[tokio::test]
async fn rights_are_asked_for_by_one_and_granted_by_another() {
    let town = Town::new().await;
    town.staff("sysadmin1", &[Role::SystemAdmin]).await.unwrap();
    town.staff("secadmin1", &[Role::SecurityAdmin]).await.unwrap();
    let (system, security) = (act_as(&town, "sysadmin1").await, act_as(&town, "secadmin1").await);
    let clerk = town.staff_by(&system, town.new_staff("reviewer1", &[Role::Reviewer])).await.unwrap();
    let token = town.sign_in("reviewer1", PASSWORD).await.unwrap();
    assert!(!town.act(&token).await.is(Role::Reviewer), "asked for is not granted");

    assert!(matches!(grant(&town, &system, clerk).await, Err(IdentityError::NotAllowed)), "who asks does not grant");
    assert!(matches!(request(&town, &security, clerk, &[Role::Approver]).await, Err(IdentityError::NotAllowed)));
    assert_eq!(grant(&town, &security, clerk).await.unwrap(), [Role::Reviewer]);
    assert_eq!(town.who(&token).await, None, "the session with the old rights has ended");
    assert!(act_as(&town, "reviewer1").await.is(Role::Reviewer));
    assert!(matches!(grant(&town, &security, clerk).await, Err(IdentityError::NothingRequested)));

    request(&town, &system, clerk, &[]).await.unwrap();
    assert_eq!(grant(&town, &security, clerk).await.unwrap(), [], "taking rights away goes the same way");
    let itself = security.account().unwrap();
    request(&town, &system, itself, &[Role::SecurityAdmin]).await.unwrap();
    assert!(
        matches!(grant(&town, &security, itself).await, Err(IdentityError::NotAllowed)),
        "nobody grants to himself"
    );
    assert!(town.trail(security.account().unwrap()).await.contains(&"identity.roles_granted".to_owned()));
}

#[tokio::test]
async fn the_three_administrators_are_three_people() {
    let town = Town::new().await;
    for roles in [[Role::SystemAdmin, Role::SecurityAdmin], [Role::Auditor, Role::Window]] {
        assert!(matches!(town.staff("both1", &roles).await, Err(IdentityError::RolesConflict)));
    }
    let system = town.staff("sysadmin1", &[Role::SystemAdmin]).await.unwrap();
    let act = act_as(&town, "sysadmin1").await;
    assert!(matches!(
        request(&town, &act, system, &[Role::SystemAdmin, Role::Auditor]).await,
        Err(IdentityError::RolesConflict)
    ));
}

#[tokio::test]
async fn only_the_system_administrator_adds_staff() {
    let town = Town::new().await;
    town.staff("window1", &[Role::Window]).await.unwrap();
    let clerk = act_as(&town, "window1").await;
    assert!(matches!(town.staff_by(&clerk, town.new_staff("friend1", &[])).await, Err(IdentityError::NotAllowed)));
    assert!(matches!(
        request(&town, &clerk, clerk.account().unwrap(), &[Role::Approver]).await,
        Err(IdentityError::NotAllowed)
    ));
    let stranger = Act::new(Actor::Stranger, town.now());
    assert!(matches!(town.staff_by(&stranger, town.new_staff("friend1", &[])).await, Err(IdentityError::NotAllowed)));
}

#[tokio::test]
async fn staff_are_listed_by_department() {
    let town = Town::new().await;
    let mut others = Vec::new();
    for n in 1..=3 {
        others.push(town.staff(&format!("window{n}"), &[Role::Window]).await.unwrap());
    }
    let mut new = town.new_staff("police1", &[Role::Reviewer]);
    new.department = "public-security".to_owned();
    let police = town.staff_by(&town.system(), new).await.unwrap();
    let list = |department: Option<&'static str>, after, limit| town.identity.list_staff(department, after, limit);
    let all = list(None, None, 10).await.unwrap();
    assert_eq!(all.iter().map(|staff| staff.account).collect::<Vec<_>>(), [&others[..], &[police]].concat());
    let page = list(Some("market-regulation"), Some(others[0]), 1).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!((page[0].account, page[0].username.as_str(), page[0].post.as_str()), (others[1], "window2", "综合窗口"));
    assert_eq!((page[0].state, &page[0].roles[..]), (AccountState::Active, &[Role::Window][..]));
    assert_eq!(list(Some("public-security"), None, 10).await.unwrap().len(), 1);
    for nowhere in ["nowhere", "", "market\0regulation"] {
        assert!(list(Some(nowhere), None, 10).await.unwrap().is_empty());
    }
    let mut new = town.new_staff("window9", &[]);
    (new.name, new.department, new.post) = ("<b>".to_owned(), "a\0b".to_owned(), " ".to_owned());
    let error = town.staff_by(&town.system(), new).await.unwrap_err();
    let pointers: Vec<String> = kernel::Failure::faults(&error).into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/department", "/post", "/name"]);
    let (citizen, _) = town.citizen().await;
    let account =
        town.identity.find_account(&mut town.world.db.read().await.unwrap(), "citizen1").await.unwrap().unwrap();
    let mut tx = town.world.db.read().await.unwrap();
    assert!(
        matches!(town.identity.staff_of(&mut tx, account).await, Err(IdentityError::NoAccount(_))),
        "{citizen} is no staff"
    );
    assert!(matches!(request(&town, &town.system(), account, &[Role::Window]).await, Err(IdentityError::NoAccount(_))));
}

#[tokio::test]
async fn staff_change_their_password_every_ninety_days_to_a_new_one() {
    let town = Town::new().await;
    town.staff("window1", &[Role::Window]).await.unwrap();
    town.wait_minutes(90 * 24 * 60);
    assert!(!town.identity.sign_in("window1", PASSWORD, None, None).await.unwrap().password_expired);
    town.wait_minutes(1);
    let new = town.identity.sign_in("window1", PASSWORD, None, None).await.unwrap();
    assert!(new.password_expired);
    let change = |token: String, old: &'static str, password: &'static str| {
        let (identity, at) = (town.identity.clone(), town.now());
        async move {
            let act = identity.act_of(&token, at, None).await.unwrap().unwrap();
            identity.change_password(&act, &token, old, password).await
        }
    };
    let same = change(new.token.clone(), PASSWORD, PASSWORD).await;
    assert!(matches!(&same, Err(IdentityError::Invalid(faults)) if faults[0].code == "used_before"), "{same:?}");
    let changed = change(new.token, PASSWORD, "Lv9-water.Hong").await.unwrap();
    let back = change(changed.token, "Lv9-water.Hong", PASSWORD).await;
    assert!(matches!(&back, Err(IdentityError::Invalid(faults)) if faults[0].code == "used_before"), "{back:?}");
    assert!(!town.identity.sign_in("window1", "Lv9-water.Hong", None, None).await.unwrap().password_expired);
}
