//! Words of people in histories: sealed now, in clear in entries of old, read alike.

use cases::domain::{
    command::Command,
    event::{Event, Recommendation, Recorded},
    voice::Remark,
};
use serde_json::{Value, json};

use crate::stage::{Play, applicant};

fn entry(event: Value) -> (Value, Recorded) {
    let by = json!({ "kind": "person", "account": "0000000000001", "name": "王小敏" });
    let kept = json!({ "seq": 9, "at": "2026-03-03T01:00:00Z", "by": by, "event": event });
    let read = serde_json::from_value(kept.clone()).unwrap();
    (kept, read)
}

/// The chain is computed over the text of an entry, so an old one must be written again exactly as it stands.
#[test]
fn entries_from_before_the_seal_are_read_and_written_as_they_stand() {
    let (kept, read) = entry(json!({ "type": "defence-stated", "text": "已经重新选址" }));
    assert_eq!(read.event.defence(), Some("已经重新选址"));
    assert_eq!(serde_json::to_value(&read).unwrap()["event"], kept["event"]);
    let (kept, read) =
        entry(json!({ "type": "hearing-held", "record": "双方陈述一致。", "signed_by": ["王小敏", "陈主持"] }));
    assert_eq!(read.event.minutes(), Some(("双方陈述一致。", ["王小敏".to_owned(), "陈主持".to_owned()].as_slice())));
    assert_eq!(serde_json::to_value(&read).unwrap()["event"], kept["event"]);
}

#[test]
fn what_people_say_stands_in_the_private_part_alone() {
    let mut play = Play::new("food-operation-licence-new", "2026-03-02 09:00", true);
    play.command(&play.window(), Command::Accept {}).unwrap();
    let step = play.procedure.item.steps[1].key.clone();
    let opinion = "现场不符合".to_owned();
    play.command(&play.reviewer(), Command::Complete { step, opinion, recommend: Recommendation::Refuse }).unwrap();
    let told = Command::IntendRefusal { reasons: "理由".to_owned(), basis: "依据".to_owned() };
    play.command(&play.reviewer(), told).unwrap();
    play.command(&applicant(), Command::StateDefence { text: "已经重新选址".to_owned() }).unwrap();
    let stated = play.history.iter().find(|e| e.event.topic() == "case.defence-stated").unwrap();
    let sealed = Some(Remark { text: "已经重新选址".to_owned() });
    assert_eq!(stated.event, Event::DefenceStated { text: String::new(), private: sealed });
    assert_eq!(serde_json::to_value(&stated.event).unwrap().as_object().unwrap().len(), 2, "type and private");
    assert_eq!(play.case.intended_refusal.as_ref().unwrap().defence.as_deref(), Some("已经重新选址"));
}
