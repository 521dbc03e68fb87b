//! A whole platform in this process, on the engine under test, with the city founded and its catalogue imported.

use std::{path::Path, sync::Arc};

use blobs::{Blobs, Store};
use cases::Cases;
use catalogue::{Catalogue, files::Folder};
use certificates::Certificates;
use demo::{
    city,
    walk::{
        Walk,
        api::{Api as _, Call, InProcess, Sent},
    },
};
use hyper::Method;
use identity::Identity;
use kernel::{Act, calendar::WorkingCalendar, city_date};
use serde_json::{Value, json};
use settings::Settings;
use testkit::World;
use vocab::Vocabulary;
use webkit::{Site, SiteConfig};

pub(crate) const PASSWORD: &str = "Demo-2026!";

pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) parts: city::Parts,
    pub(crate) catalogue: Catalogue,
    pub(crate) cases: Cases,
}

impl Town {
    /// A platform without anybody and anything in it.
    pub(crate) async fn empty() -> Self {
        let world = World::new(&[
            audit::SCHEMA,
            blobs::SCHEMA,
            identity::SCHEMA,
            settings::SCHEMA,
            catalogue::SCHEMA,
            certificates::SCHEMA,
            cases::SCHEMA,
        ])
        .await;
        let (db, clock, keys) = (world.db.clone(), world.clock.clone(), world.keys.clone());
        let vocabulary = Vocabulary::guiyang();
        let identity = Identity::new(db.clone(), clock.clone(), keys.clone());
        let days = include_str!("../../../../data/calendar/china_holidays_2015_2026.csv");
        let settings = Settings::new(world.db.clone(), vocabulary.clone(), WorkingCalendar::parse(days).unwrap());
        let certificates =
            Certificates::new(db.clone(), clock.clone(), keys.clone(), vocabulary.clone(), settings.clone());
        let catalogue = Catalogue::new(db.clone(), clock.clone(), vocabulary.clone());
        let blobs =
            Blobs::new(db.clone(), Store::folder(&world.folder().join("files")).unwrap(), clock.clone(), keys.clone());
        let cases = Cases::new(cases::Parts {
            demo: true,
            db: db.clone(),
            clock: clock.clone(),
            keys,
            settings,
            catalogue: catalogue.clone(),
            identity: identity.clone(),
            certificates: certificates.clone(),
            blobs,
            vocabulary: vocabulary.clone(),
            government: "贵阳市人民政府".to_owned(),
            city_region: "520100".to_owned(),
        });
        let parts = city::Parts { db, clock, identity, certificates, vocabulary };
        Self { world, parts, catalogue, cases }
    }

    /// The city founded, the catalogue imported.
    pub(crate) async fn founded() -> Self {
        let town = Self::empty().await;
        city::found(&town.parts, PASSWORD).await.unwrap();
        let folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")).unwrap();
        let args = (town.catalogue.clone(), Act::system(town.world.clock.now()), folder.files);
        let imported =
            town.world.db.write(args, |tx, (catalogue, act, files)| Box::pin(catalogue.import(act, tx, files))).await;
        imported.unwrap();
        town
    }

    /// Everything that answers requests.
    pub(crate) fn site(&self) -> axum::Router {
        let routes = identity::routes(self.parts.identity.clone())
            .merge(catalogue::routes(self.catalogue.clone()))
            .merge(certificates::routes(self.parts.certificates.clone()))
            .merge(cases::routes(self.cases.clone()));
        let identity = Arc::new(self.parts.identity.clone());
        Site::new(routes, identity, self.world.clock.clone(), SiteConfig::default()).unwrap()
    }

    /// A walker over this platform.
    pub(crate) fn walk(&self) -> Walk {
        let today = city_date(self.world.clock.now());
        Walk::over(Arc::new(InProcess(self.site())), PASSWORD).on(today)
    }

    /// What `account` gets at `path`.
    pub(crate) async fn get(&self, account: &str, path: &str) -> Value {
        let api = InProcess(self.site());
        let body = json!({"username": account, "password": PASSWORD});
        let sign_in = Call { method: Method::POST, path: "/api/v1/sessions", token: None, sent: Sent::Json(&body) };
        let session = api.call(sign_in).await.unwrap();
        let token = session.body["token"].as_str().unwrap();
        let asked = Call { method: Method::GET, path, token: Some(token), sent: Sent::Nothing };
        let reply = api.call(asked).await.unwrap();
        assert_eq!(reply.status, 200, "{account} {path}: {}", reply.body);
        reply.body
    }
}
