//! Allowing the use of certificates, and taking it back.

use identity::{
    CONSENT_TEXT_VERSION, Consent, ConsentId, ConsentMethod, ConsentNeed, ConsentScope, ConsentStatus, IdentityError,
    NewConsent,
};
use kernel::{Act, Failure as _, Kind, Role, SubjectId};

use crate::world::{PASSWORD, Town};

const CASE: &str = "520100202603020000011";

fn consent(grantor: SubjectId, scope: ConsentScope) -> NewConsent {
    NewConsent {
        grantor,
        grantee: "health".to_owned(),
        certificate_types: vec!["resident-id".to_owned(), "household-register".to_owned()],
        fields: Vec::new(),
        purpose: "maternity-registration".to_owned(),
        purpose_name: "生育登记".to_owned(),
        case_number: Some(CASE.to_owned()),
        scope,
        until: None,
        method: ConsentMethod::Click,
        text_version: CONSENT_TEXT_VERSION.to_owned(),
    }
}

async fn grant(town: &Town, act: &Act, new: NewConsent) -> Result<Consent, IdentityError> {
    town.identity.in_write(act, new, |me, act, tx, new| Box::pin(me.grant_consent(act, tx, new))).await
}

async fn revoke(town: &Town, act: &Act, id: ConsentId) -> Result<Consent, IdentityError> {
    town.identity.in_write(act, id, |me, act, tx, id| Box::pin(me.revoke_consent(act, tx, *id))).await
}

async fn used(town: &Town, subject: SubjectId, kind: &'static str) -> Option<Consent> {
    let act = town.system();
    town.identity
        .in_write(&act, (subject, kind), |me, act, tx, (subject, kind)| {
            Box::pin(async move {
                let need = ConsentNeed {
                    grantee: "health",
                    certificate_type: kind,
                    purpose: "maternity-registration",
                    case: Some(CASE),
                };
                me.use_consent(act, tx, *subject, &need).await
            })
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn what_i_allow_holds_until_i_take_it_back_and_only_forward() {
    let town = Town::new().await;
    let (wang, account) = town.citizen().await;
    let as_wang = town.act(&town.sign_in("citizen1", PASSWORD).await.unwrap()).await;
    let given = grant(&town, &as_wang, consent(wang, ConsentScope::Case)).await.unwrap();
    assert_eq!((given.account, given.granted_at), (Some(account), as_wang.at));
    assert_eq!(used(&town, wang, "resident-id").await.map(|c| c.id), Some(given.id));
    assert_eq!(used(&town, wang, "passport").await, None, "not allowed");

    town.wait_minutes(10);
    let as_wang = town.act(&town.sign_in("citizen1", PASSWORD).await.unwrap()).await;
    let revoked = revoke(&town, &as_wang, given.id).await.unwrap();
    assert_eq!((revoked.decided, revoked.ended_at), (ConsentStatus::Revoked, Some(as_wang.at)));
    assert_eq!(used(&town, wang, "resident-id").await, None);
    let again = revoke(&town, &as_wang, given.id).await.unwrap_err();
    assert!(matches!(again, IdentityError::ConsentOver) && again.kind() == Kind::Conflict);

    let mut tx = town.world.db.read().await.unwrap();
    let kept = town.identity.consents(&mut tx, wang, None, 10).await.unwrap();
    assert_eq!(kept, [revoked], "nothing is taken out of the record");
    assert_eq!(town.identity.consents(&mut tx, wang, Some(given.id), 10).await.unwrap(), []);
    drop(tx);
    let trail = town.trail(account).await;
    assert!(trail.contains(&"identity.consent-given".to_owned()), "{trail:?}");
    assert!(trail.contains(&"identity.consent-revoked".to_owned()), "{trail:?}");
}

#[tokio::test]
async fn nobody_allows_for_another_except_the_counter_that_serves_him() {
    let town = Town::new().await;
    let (wang, _) = town.citizen().await;
    let li = town.person("李敏", crate::world::LI, None).await.unwrap();
    town.staff("window1", &[Role::Window]).await.unwrap();
    town.staff("reviewer1", &[Role::Reviewer]).await.unwrap();
    let as_wang = town.act(&town.sign_in("citizen1", PASSWORD).await.unwrap()).await;
    let clerk = town.act(&town.sign_in("window1", PASSWORD).await.unwrap()).await;
    let reviewer = town.act(&town.sign_in("reviewer1", PASSWORD).await.unwrap()).await;
    let counter = |who| NewConsent { method: ConsentMethod::Counter, ..consent(who, ConsentScope::Case) };
    for (act, new) in [
        (&as_wang, consent(li, ConsentScope::Case)),
        (&as_wang, counter(wang)),
        (&clerk, consent(wang, ConsentScope::Case)),
        (&reviewer, counter(wang)),
        (&town.system(), consent(wang, ConsentScope::Case)),
    ] {
        assert!(matches!(grant(&town, act, new).await, Err(IdentityError::NotAllowed)));
    }
    let given = grant(&town, &clerk, counter(wang)).await.unwrap();
    assert!(matches!(revoke(&town, &clerk, given.id).await, Err(IdentityError::NotAllowed)));
    assert!(matches!(revoke(&town, &as_wang, ConsentId::from(7)).await, Err(IdentityError::NoConsent)));
    revoke(&town, &as_wang, given.id).await.unwrap();
    let wrong = NewConsent { certificate_types: Vec::new(), ..consent(wang, ConsentScope::Case) };
    let told = grant(&town, &as_wang, wrong).await.unwrap_err();
    assert_eq!((told.kind(), told.faults()[0].pointer.as_str()), (Kind::Invalid, "/certificate_types"));
}

#[tokio::test]
async fn once_is_once_and_the_end_of_the_case_ends_what_was_given_for_it() {
    let town = Town::new().await;
    let (wang, _) = town.citizen().await;
    let as_wang = town.act(&town.sign_in("citizen1", PASSWORD).await.unwrap()).await;
    grant(&town, &as_wang, consent(wang, ConsentScope::Once)).await.unwrap();
    assert!(used(&town, wang, "resident-id").await.is_some());
    assert!(used(&town, wang, "resident-id").await.is_none());

    let of_case = grant(&town, &as_wang, consent(wang, ConsentScope::Case)).await.unwrap();
    let act = town.system();
    let closed = town
        .identity
        .in_write(&act, wang, |me, act, tx, wang| Box::pin(me.close_consents(act, tx, *wang, CASE)))
        .await
        .unwrap();
    assert_eq!(closed, 1);
    assert!(used(&town, wang, "resident-id").await.is_none());
    assert!(matches!(revoke(&town, &as_wang, of_case.id).await, Err(IdentityError::ConsentOver)));
}
