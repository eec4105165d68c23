//! Whether the person may be mailed now. All mails to them count, for whichever claim and in whichever life of it: a person does not care
//! who asks.

use jiff::Timestamp;

use super::mail_limit::DAY;
use super::{Bond, Decision, Desired, MailLimit, Record, Step, Why};

/// From when on the person may be mailed again; nothing when nobody has mailed them lately.
pub(super) fn next_at(desired: &Desired, record: &Record) -> Option<Timestamp> {
    let shares = record.bond == Bond::Shares;
    let MailLimit { interval, per_day } = desired.mail_limit;
    // One of them is the owner's, and a sharer asks once a day.
    let per_day = if shares && per_day != u32::MAX { per_day.saturating_sub(1).max(1) } else { per_day };
    let own = record.asked_mail_at.filter(|_| shares && desired.mail_limit != MailLimit::NONE);
    let own = own.and_then(|at| at.checked_add(DAY).ok());
    let newest = record.mailed_at.iter().max()?;
    let apart = newest.checked_add(interval).ok();
    let mut times = record.mailed_at.clone();
    times.sort_by(|a, b| b.cmp(a));
    let full = usize::try_from(per_day).ok().and_then(|per_day| times.get(per_day.saturating_sub(1)));
    let freed = full.and_then(|oldest| oldest.checked_add(DAY).ok());
    apart.max(freed).max(own)
}

/// Rest, while the person was mailed too lately.
pub(super) fn wait(decision: Decision<'_>) -> Option<Step> {
    let Decision { desired, record, now, .. } = decision;
    let until = next_at(desired, record).filter(|until| *until > now)?;
    Some(Step::rest_until(Why::MailedLately { until }, until, now))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::Address;
    use crate::plan::mail_limit::note;

    #[test]
    fn a_person_is_mailed_ten_minutes_apart_and_five_times_a_day() {
        let at = |text: &str| format!("2026-11-{text}Z").parse::<Timestamp>().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.mail_limit = MailLimit { interval: Duration::from_secs(600), per_day: 5 };
        let mut record = Record::default();
        assert_eq!(next_at(&desired, &record), None);
        for hour in ["28T10:00:00", "28T12:00:00", "28T14:00:00", "28T16:00:00"] {
            note(&mut record.mailed_at, at(hour));
        }
        assert_eq!(next_at(&desired, &record), Some(at("28T16:10:00")));
        note(&mut record.mailed_at, at("28T18:00:00"));
        assert_eq!(next_at(&desired, &record), Some(at("29T10:00:00")), "the first of the five is a day old then");
        note(&mut record.mailed_at, at("29T10:00:00"));
        assert_eq!(record.mailed_at.len(), 5, "what is a day old is forgotten");
        assert_eq!(next_at(&desired, &record), Some(at("29T12:00:00")));
        desired.mail_limit = MailLimit::NONE;
        assert_eq!(next_at(&desired, &record), Some(at("29T10:00:00")), "at once");
        let anew = record.anew();
        assert_eq!(anew.mailed_at, record.mailed_at, "a new life forgets no mail");
    }
}
