use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn every_table_keeps_to_its_home_key_and_every_statement_prepares() {
    let town = Town::empty().await;
    let schemas = app::platform::SCHEMAS;
    assert_eq!(db::check_homes(&town.world.db, schemas).await.unwrap(), Vec::<String>::new());
    assert_eq!(db::prepare_all(&town.world.db, schemas).await.unwrap(), Vec::<String>::new());
    let statements: usize = schemas.iter().map(|s| s.statements.len()).sum();
    assert!(statements > 100, "{statements} statements are too few to be all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_migration_changes_nothing() {
    let town = Town::empty().await;
    let again = town.world.db.migrate(app::platform::SCHEMAS, town.world.clock.now()).await.unwrap();
    assert!(again.applied.is_empty(), "{:?}", again.applied);
    assert!(again.present >= app::platform::SCHEMAS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_founding_changes_nothing() {
    let town = Town::founded().await;
    let again = app::found(&town.platform, crate::town::PASSWORD).await.unwrap();
    assert_eq!(again.opened, 0);
}
