use db::{Arg, DbError, args};
use testkit::World;

mod sql {
    db::statements! {
        /// Counts.
        COUNT = "SELECT value FROM db_counter WHERE name = $1";
        /// A guarded change.
        GUARDED = "UPDATE db_counter SET value = $2 WHERE name = $1 AND value = $3";
        /// A plain row.
        INSERT = "INSERT INTO db_counter (name, value) VALUES ($1, $2)";
        /// Values of every type.
        ECHO = "INSERT INTO db_lease (name, owner, until) VALUES ($1, $2, $3) RETURNING name, owner, until";
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_is_read_back_and_what_fails_is_not_there() {
    let w = World::new(&[]).await;
    let kept: Result<i64, DbError> =
        w.db.write((), |tx, ()| Box::pin(async { db::counter::next(tx, "a").await })).await;
    assert_eq!(kept.unwrap(), 1);
    let lost: Result<(), DbError> =
        w.db.write((), |tx, ()| {
            Box::pin(async {
                db::counter::next(tx, "a").await?;
                Err(DbError::Unavailable("on purpose".to_owned()))
            })
        })
        .await;
    assert!(matches!(lost, Err(DbError::Unavailable(_))));
    let mut tx = w.db.read().await.unwrap();
    let row = tx.row(sql::COUNT, args!["a"]).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("value").unwrap(), 1, "the number taken by the failed write is not used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_saw_the_same_version_one_wins() {
    let w = World::new(&[]).await;
    let made: Result<u64, DbError> =
        w.db.write((), |tx, ()| Box::pin(async { tx.exec(sql::INSERT, args!["v", 7_i64]).await })).await;
    made.unwrap();
    let mut tries = Vec::new();
    for i in 0..20_i64 {
        let db = w.db.clone();
        tries.push(tokio::spawn(async move {
            db.write(i, |tx, i| Box::pin(async move { tx.exec(sql::GUARDED, args!["v", 100 + *i, 7_i64]).await })).await
        }));
    }
    let mut winners = 0;
    for attempt in tries {
        let changed: Result<u64, DbError> = attempt.await.unwrap();
        winners += changed.unwrap();
    }
    assert_eq!(winners, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_take_every_number_once() {
    let w = World::new(&[]).await;
    let mut takers = Vec::new();
    for _ in 0..50 {
        let db = w.db.clone();
        takers.push(tokio::spawn(async move {
            db.write((), |tx, ()| Box::pin(async { db::counter::next(tx, "n").await })).await
        }));
    }
    let mut numbers = Vec::new();
    for taker in takers {
        let number: Result<i64, DbError> = taker.await.unwrap();
        numbers.push(number.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_inside_a_write_is_an_error_and_the_next_write_works() {
    let w = World::new(&[]).await;
    let panicked: Result<(), DbError> =
        w.db.write((), |tx, ()| {
            Box::pin(async {
                db::counter::next(tx, "p").await?;
                panic!("on purpose")
            })
        })
        .await;
    assert!(matches!(panicked, Err(DbError::Panicked(_))), "{panicked:?}");
    let next: Result<i64, DbError> =
        w.db.write((), |tx, ()| Box::pin(async { db::counter::next(tx, "p").await })).await;
    assert_eq!(next.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_no_open_transaction() {
    let w = World::new(&[]).await;
    for _ in 0..20 {
        let write = w.db.write((), |tx, ()| Box::pin(async { db::counter::next(tx, "gone").await }));
        let gone: Result<Result<i64, DbError>, _> =
            tokio::time::timeout(std::time::Duration::from_micros(50), write).await;
        drop(gone);
    }
    let last: Result<i64, DbError> =
        w.db.write((), |tx, ()| Box::pin(async { db::counter::next(tx, "gone").await })).await;
    assert!((1..=21).contains(&last.unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_key_is_told_apart() {
    let w = World::new(&[]).await;
    for expected_taken in [false, true] {
        let made: Result<u64, DbError> =
            w.db.write((), |tx, ()| Box::pin(async { tx.exec(sql::INSERT, args!["k", 1_i64]).await })).await;
        assert_eq!(matches!(made, Err(DbError::Taken(_))), expected_taken, "{made:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn awaiting_something_else_inside_a_write_is_refused_on_the_embedded_engine() {
    let w = World::new(&[]).await;
    if w.db.engine() != db::Engine::Sqlite {
        return;
    }
    let slow: Result<(), DbError> =
        w.db.write((), |_, ()| {
            Box::pin(async {
                tokio::task::yield_now().await;
                Ok(())
            })
        })
        .await;
    assert!(matches!(slow, Err(DbError::AwaitedOutside)));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_every_kind_are_read_back() {
    let w = World::new(&[]).await;
    for (i, (text, number)) in
        [("贵阳市 · 𬭎", i64::MAX), ("'; DROP TABLE db_lease; --", i64::MIN), ("😀\u{202e}\t\n", 0)]
            .into_iter()
            .enumerate()
    {
        let back: Result<(String, i64), DbError> =
            w.db.write((format!("{text}{i}"), number), |tx, (text, number)| {
                Box::pin(async move {
                    let row = tx.row(sql::ECHO, args![text, text, *number]).await?.unwrap();
                    Ok((row.get("owner")?, row.get("until")?))
                })
            })
            .await;
        assert_eq!(back.unwrap(), (format!("{text}{i}"), number));
    }
    let wrong: Result<u64, DbError> =
        w.db.write((), |tx, ()| {
            Box::pin(async { tx.exec(sql::INSERT, &[Arg::from("w"), Arg::from("not a number")]).await })
        })
        .await;
    assert!(wrong.is_err(), "text in a number column is refused on both engines");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_run_in_its_place() {
    let w = World::new(&[]).await;
    let seen: Result<i64, DbError> =
        w.db.write((), |tx, ()| {
            Box::pin(async {
                tx.later(sql::INSERT, args!["late", 1_i64]).await?;
                for value in 1..60_i64 {
                    tx.later(sql::GUARDED, args!["late", value + 1, value]).await?;
                }
                let row = tx.row(sql::COUNT, args!["late"]).await?;
                let seen = row.map_or(Ok(0), |row| row.get("value"))?;
                tx.later(sql::GUARDED, args!["late", 100_i64, 60_i64]).await?;
                Ok(seen)
            })
        })
        .await;
    assert_eq!(seen.unwrap(), 60, "each change found what the one before left");
    let mut tx = w.db.read().await.unwrap();
    let row = tx.row(sql::COUNT, args!["late"]).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("value").unwrap(), 100, "the last one came before the commit");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_fails_the_whole_write() {
    let w = World::new(&[]).await;
    let lost: Result<(), DbError> =
        w.db.write((), |tx, ()| {
            Box::pin(async {
                tx.later(sql::INSERT, args!["once", 1_i64]).await?;
                tx.later(sql::INSERT, args!["once", 2_i64]).await?;
                tx.later(sql::INSERT, args!["other", 3_i64]).await
            })
        })
        .await;
    assert!(matches!(lost, Err(DbError::Taken(_))), "{lost:?}");
    let mut tx = w.db.read().await.unwrap();
    for name in ["once", "other"] {
        assert!(tx.row(sql::COUNT, args![name]).await.unwrap().is_none(), "{name}");
    }
    drop(tx);
    let after: Result<i64, DbError> = w.db.write((), |tx, ()| Box::pin(db::counter::next(tx, "once"))).await;
    assert_eq!(after.unwrap(), 1, "the next write is not disturbed");
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_kept_for_whoever_asks() {
    let w = World::new(&[]).await;
    let kept: Result<Vec<db::Ran>, DbError> =
        w.db.write((), |tx, ()| {
            Box::pin(async {
                db::counter::next(tx, "before").await?;
                tx.keep();
                tx.row(sql::COUNT, args!["before"]).await?;
                tx.later(sql::INSERT, args!["kept", 5_i64]).await?;
                let kept = tx.kept();
                db::counter::next(tx, "after").await?;
                assert!(tx.kept().is_empty(), "nothing is kept that nobody asked for");
                Ok(kept)
            })
        })
        .await;
    let kept = kept.unwrap();
    assert_eq!(kept.iter().map(|ran| ran.sql).collect::<Vec<_>>(), [sql::COUNT, sql::INSERT]);
    assert_eq!(kept.iter().map(db::Ran::only_reads).collect::<Vec<_>>(), [true, false]);
    assert_eq!(kept[1].args, [Arg::from("kept"), Arg::from(5_i64)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_statement_cannot_be_swallowed() {
    let w = World::new(&[]).await;
    let swallowed: Result<(), DbError> =
        w.db.write((), |tx, ()| {
            Box::pin(async {
                tx.exec(sql::INSERT, args!["twice", 1_i64]).await?;
                let _ignored = tx.exec(sql::INSERT, args!["twice", 2_i64]).await;
                Ok(())
            })
        })
        .await;
    assert!(matches!(swallowed, Err(DbError::Refused(_))), "{swallowed:?}");
    let mut tx = w.db.read().await.unwrap();
    assert!(tx.row(sql::COUNT, args!["twice"]).await.unwrap().is_none(), "neither engine kept the first statement");
    drop(tx);
    let next: Result<i64, DbError> =
        w.db.write((), |tx, ()| Box::pin(async { db::counter::next(tx, "twice").await })).await;
    assert_eq!(next.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_can_write_however_many_do_so_at_once() {
    let world = World::new(&[]).await;
    let reading = (0..16).map(|_| {
        let db = world.db.clone();
        tokio::spawn(async move {
            let _held = db.read().await.unwrap();
            db.write((), |_, ()| Box::pin(async { Ok::<_, DbError>(()) })).await
        })
    });
    for done in reading.collect::<Vec<_>>() {
        done.await.unwrap().unwrap();
    }
}
