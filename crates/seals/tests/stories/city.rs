//! A city with keys of seals and people who keep them.

use std::sync::Arc;

use kernel::{AccountId, Act, Actor, Role, calendar::WorkingCalendar};
use ofd::{
    Document, Fonts, Info, Page,
    layout::{Fit, Placer, Style},
};
use seals::{DemoKeys, NewSeal, PutOn, Seal, SealError, SealId, SealKeys, SealKind, SealStep, Seals};
use settings::Settings;
use testkit::World;
use vocab::Vocabulary;

pub(crate) struct City {
    pub(crate) world: World,
    pub(crate) seals: Seals,
    pub(crate) keys: Arc<DemoKeys>,
    pub(crate) folder: tempfile::TempDir,
}

impl City {
    pub(crate) async fn new() -> Self {
        let world = World::new(&[audit::SCHEMA, settings::SCHEMA, seals::SCHEMA]).await;
        // Clocks hardly ever stand at a whole second, and certificates tell no fractions.
        assert!(world.clock.set(world.clock.now() + jiff::SignedDuration::from_millis(417)));
        let folder = tempfile::tempdir().unwrap();
        let keys = DemoKeys::new(folder.path().join("seals"), world.keys.clone(), world.clock.clone());
        let keys = Arc::new(keys);
        let seals = over(&world, Some(keys.clone()));
        Self { world, seals, keys, folder }
    }

    pub(crate) fn staff(&self, account: i64, department: &str, role: Role) -> Act {
        let actor = Actor::Staff {
            account: AccountId::from(account),
            name: format!("{}{account}", role.label()),
            department: department.to_owned(),
            region: None,
            roles: vec![role],
        };
        Act::new(actor, self.world.clock.now())
    }

    /// The clerk who keeps the seals of the health commission.
    pub(crate) fn keeper(&self) -> Act {
        self.staff(1, "health", Role::CertificateClerk)
    }

    pub(crate) fn approver(&self) -> Act {
        self.staff(2, "health", Role::Approver)
    }

    pub(crate) fn security(&self) -> Act {
        self.staff(3, "data-bureau", Role::SecurityAdmin)
    }

    pub(crate) fn new_seal(&self) -> NewSeal {
        NewSeal {
            department: "health".into(),
            kind: SealKind::Approval,
            name: "贵阳市卫生健康局".into(),
            line: "行政审批专用章".into(),
            put_on: [PutOn::Decision, PutOn::Document].into(),
            daily_quota: 2,
            reason: "新设行政审批窗口".into(),
        }
    }

    pub(crate) async fn apply(&self, act: &Act, new: NewSeal) -> Result<Seal, SealError> {
        let args = (self.seals.clone(), act.clone(), new);
        self.world.db.write(args, |tx, (seals, act, new)| Box::pin(seals.apply(act, tx, new))).await
    }

    pub(crate) async fn step(&self, act: &Act, id: SealId, step: SealStep) -> Result<Seal, SealError> {
        self.seals.carry_out(act, id, step, "按制度办理").await
    }

    /// A seal in use.
    pub(crate) async fn active(&self) -> Seal {
        let seal = self.apply(&self.keeper(), self.new_seal()).await.unwrap();
        self.step(&self.approver(), seal.id, SealStep::Approve).await.unwrap();
        self.step(&self.security(), seal.id, SealStep::Make).await.unwrap();
        self.step(&self.keeper(), seal.id, SealStep::Activate).await.unwrap()
    }

    pub(crate) async fn find(&self, id: SealId) -> Seal {
        self.seals.find(&mut self.world.db.read().await.unwrap(), id).await.unwrap()
    }
}

pub(crate) fn over(world: &World, keys: Option<Arc<dyn SealKeys>>) -> Seals {
    let days = include_str!("../../../../data/calendar/china_holidays_2015_2026.csv");
    let vocabulary = Vocabulary::guiyang();
    let settings = Settings::new(world.db.clone(), vocabulary.clone(), WorkingCalendar::parse(days).unwrap());
    Seals::new(world.db.clone(), world.clock.clone(), vocabulary, settings, keys)
}

/// A page with a sentence on it.
pub(crate) fn document() -> Vec<u8> {
    let fonts = Fonts::built_in().unwrap();
    let mut page = Page::a4();
    let mut place = Placer::new(&mut page, &fonts);
    place.text((20.0, 30.0, 170.0, 20.0), "准予行政许可决定书", &Style::new(8.0), Fit::Refuse).unwrap();
    let info = Info {
        id: "0123456789abcdef0123456789abcdef".into(),
        title: "准予行政许可决定书".into(),
        author: "贵阳市卫生健康局".into(),
        created: jiff::civil::date(2026, 3, 2),
        custom: Vec::new(),
    };
    let document = Document { info, pages: vec![page], attachments: Vec::new(), fonts };
    ofd::write_ofd(&document).unwrap().to_bytes().unwrap()
}
