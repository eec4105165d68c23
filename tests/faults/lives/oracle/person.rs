//! One person with all that was witnessed of them, and what the rules of the oracle ask of that.

use std::collections::{BTreeMap, HashMap};

use super::life::{Call, Claim, Deed, Existing, Guest, Life, Mail, Policy, Record, Request, What, Wish, Worked};
use super::time::{Moment, Span};

/// How long before a request the operator may have read what it rests on, where it reads live. A decision to mail is good for two
/// seconds in these worlds; the rest is for a machine that is busy.
const LIVE: Moment = 4_000;

/// The same where the operator goes by its watches.
const SEEN: Moment = 10_000;

/// One person: an address of the directory.
pub struct Person<'a> {
    pub address: &'a str,
    pub claims: Vec<&'a Claim>,
    pub guest: Option<&'a Guest>,
    /// Every user whom the address ever had, in the order in which they were heard of.
    pub users: Vec<&'a str>,
    /// When they were.
    heard: Vec<Moment>,
    pub requests: Vec<&'a Request>,
    pub mails: Vec<&'a Mail>,
    pub deeds: Vec<&'a Deed>,
}

impl Call {
    /// The user whom it is about.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::Invite { resets, .. } => resets.as_deref(),
            Self::Delete { user }
            | Self::Restore { user }
            | Self::Enable { user, .. }
            | Self::Update { user }
            | Self::Join { user, .. }
            | Self::Leave { user, .. }
            | Self::Sponsor { user, .. } => Some(user),
        }
    }
}

impl Life {
    /// All persons, and the requests that are about nobody who was ever heard of.
    pub fn persons(&self) -> (Vec<Person<'_>>, Vec<&Request>) {
        let mut persons: BTreeMap<&str, Person<'_>> = BTreeMap::new();
        fn of<'a, 'p>(persons: &'p mut BTreeMap<&'a str, Person<'a>>, address: &'a str) -> &'p mut Person<'a> {
            persons.entry(address).or_insert_with(|| Person::nobody(address))
        }
        let mut addresses: HashMap<&str, &str> = HashMap::new();
        for deed in &self.deeds {
            if let What::WasThere { address, .. } = &deed.what {
                of(&mut persons, address).hears_of(&deed.user, deed.at);
                addresses.insert(&deed.user, address);
            }
        }
        for claim in &self.claims {
            of(&mut persons, &claim.address).claims.push(claim);
        }
        for mail in &self.mails {
            let person = of(&mut persons, &mail.address);
            person.mails.push(mail);
            if !mail.user.is_empty() {
                person.hears_of(&mail.user, mail.at);
                addresses.insert(&mail.user, &mail.address);
            }
        }
        for guest in &self.guests {
            let person = of(&mut persons, &guest.address);
            person.guest = Some(guest);
            for (began, user) in guest.records.iter().filter_map(|(at, record)| Some((at, record.user.as_deref()?))) {
                person.hears_of(user, began.to);
                addresses.entry(user).or_insert(&guest.address);
            }
        }
        for deed in &self.deeds {
            if let Some(address) = addresses.get(deed.user.as_str()) {
                of(&mut persons, address).deeds.push(deed);
            }
        }
        let mut strange = Vec::new();
        for request in &self.requests {
            let address = match &request.call {
                Call::Invite { address, .. } => Some(address.as_str()),
                call => call.user().and_then(|user| addresses.get(user).copied()),
            };
            match address {
                Some(address) => of(&mut persons, address).requests.push(request),
                None => strange.push(request),
            }
        }
        (persons.into_values().collect(), strange)
    }

    /// When what a request rests on was read, if the operator reads it live before.
    pub fn live(&self, at: Moment) -> Span {
        self.reaching(at, LIVE, |blind| blind)
    }

    /// When what a request rests on was seen, if the operator goes by its watches.
    pub fn seen(&self, at: Moment) -> Span {
        self.reaching(at, SEEN, |_| true)
    }

    fn reaching(&self, at: Moment, width: Moment, counts: impl Fn(bool) -> bool) -> Span {
        let mut window = Span::before(at, width);
        for blind in self.blind.iter().rev().filter(|blind| counts(blind.frozen)) {
            if blind.span.from <= at && blind.span.to >= window.from {
                window.from = window.from.min(blind.span.from - width);
            }
        }
        window
    }

    /// Whether the rules may have allowed this wish of a claim at some moment of the window.
    pub fn may_allow(&self, claim: &Claim, wish: &Wish, window: Span) -> bool {
        let labelled = self.label(claim).is_some_and(|label| label.may(window, |label| *label));
        self.rules.may(window, |rules| rules.allow(labelled, &claim.address, wish))
    }

    /// Whether the rules allowed this wish of a claim during all of the window.
    pub fn must_allow(&self, claim: &Claim, wish: &Wish, window: Span) -> bool {
        let labelled = self.label(claim).is_some_and(|label| label.must(window, |label| *label));
        self.rules.must(window, |rules| rules.allow(labelled, &claim.address, wish))
    }

    fn label(&self, claim: &Claim) -> Option<&super::time::Course<bool>> {
        self.labels.iter().find(|(namespace, _)| *namespace == claim.namespace).map(|(_, label)| label)
    }

    /// What the claim may have asked for and been allowed at some moment of the window.
    pub fn entitled<'a>(&'a self, claim: &'a Claim, window: Span) -> impl Iterator<Item = &'a Wish> {
        let in_time = move |wish: &&Wish| wish.access_until.is_none_or(|until| until > window.from);
        self.stands(claim, window).filter(in_time)
    }

    /// The same, also where its time was over by then.
    pub fn stands<'a>(&'a self, claim: &'a Claim, window: Span) -> impl Iterator<Item = &'a Wish> {
        let stands = move |wish: &&Wish| !wish.deleting && !wish.suspended && self.may_allow(claim, wish, window);
        claim.wishes.possibly(window).flatten().filter(stands)
    }

    /// Whether the claim was there, allowed, and asked for the person during all of the window.
    pub fn surely_entitled(&self, claim: &Claim, window: Span) -> bool {
        claim.wishes.must(window, |wish| {
            wish.as_ref().is_some_and(|wish| {
                !wish.deleting
                    && !wish.suspended
                    && wish.access_until.is_none_or(|until| until > window.to)
                    && self.must_allow(claim, wish, window)
            })
        })
    }
}

impl<'a> Person<'a> {
    fn nobody(address: &'a str) -> Self {
        let (claims, users, heard, requests, mails, deeds) = Default::default();
        Self { address, claims, guest: None, users, heard, requests, mails, deeds }
    }

    fn hears_of(&mut self, user: &'a str, at: Moment) {
        if let Some(known) = self.users.iter().position(|known| *known == user) {
            if self.heard[known] <= at {
                return;
            }
            self.users.remove(known);
            self.heard.remove(known);
        }
        let place = self.heard.partition_point(|heard| *heard <= at);
        self.users.insert(place, user);
        self.heard.insert(place, at);
    }

    /// What is on record of the person.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &'a (Span, Record)> {
        self.guest.into_iter().flat_map(|guest| guest.records.iter())
    }

    /// The claim with this uid.
    pub fn claim(&self, uid: &str) -> Option<&'a Claim> {
        self.claims.iter().find(|claim| claim.uid == uid).copied()
    }

    /// Whether a claim of another namespace has the person too.
    pub fn is_shared(&self, record: &Record, namespace: &str) -> bool {
        let others = record.claims.iter().filter_map(|uid| self.claim(uid));
        others.into_iter().any(|claim| claim.namespace != namespace)
    }

    /// Whether the user was in the directory before anybody claimed them.
    pub fn was_there(&self, user: &str) -> bool {
        self.deeds.iter().any(|deed| deed.user == user && matches!(deed.what, What::WasThere { .. }))
    }

    /// The namespace whose invitation made the user, as it was written down first.
    pub fn made_in(&self, user: &str) -> Option<&'a str> {
        if self.was_there(user) {
            return None;
        }
        let of_user = |record: &&'a (Span, Record)| record.1.user.as_deref() == Some(user);
        self.records().filter(of_user).find_map(|(_, record)| record.made_in.as_deref())
    }

    /// The namespace whose invitation made the user, as it was written down last. Nothing where a rule had given the user to another namespace,
    /// which had them last, and nothing once another namespace has begun, before `at`, to invite somebody new to the address: then it is
    /// nobody's whom the first one had.
    pub fn last_made_in(&self, user: &str, at: Moment) -> Option<&'a str> {
        let before: Vec<&'a (Span, Record)> = self.records().filter(|(began, _)| began.from <= at).collect();
        let last = before.iter().rposition(|(_, record)| record.user.as_deref() == Some(user))?;
        let made_in = before[last].1.made_in.as_deref()?;
        if before[last].1.owner.as_ref().is_some_and(|(namespace, _, _)| namespace != made_in) {
            return None;
        }
        let begun_elsewhere = before[last + 1..].iter().any(|(_, record)| {
            let owner = record.owner.as_ref().filter(|(_, _, uid)| uid.is_some());
            owner.is_some_and(|(namespace, _, _)| namespace != made_in)
        });
        (!begun_elsewhere).then_some(made_in)
    }

    /// What a claim that is allowed to may do with a user: all with those whom its namespace made.
    pub fn right(&self, claim: &Claim, wish: &Wish, user: &str) -> Existing {
        if self.made_in(user) == Some(&claim.namespace) { Existing::Own } else { wish.existing }
    }

    /// When the user was last asked to accept anew.
    pub fn reset_at(&self, user: &str) -> Option<Moment> {
        let of_user = |call: &Call| matches!(call, Call::Invite { resets: Some(reset), .. } if reset == user);
        let worked = self.requests.iter().filter(|request| request.worked != Worked::No && of_user(&request.call));
        worked.map(|request| request.at).max()
    }

    /// Whether the last that was done to a user until then, by whomever, was to delete them.
    pub fn is_deleted(&self, user: &str, until: Moment) -> bool {
        self.is_ended(user, Policy::Delete, until)
    }

    /// Whether the last that was done to a user until then, by whomever, was such an end.
    pub fn is_ended(&self, user: &str, policy: Policy, until: Moment) -> bool {
        let by_operator = self.requests.iter().filter(|request| request.worked != Worked::No).filter_map(|request| {
            let ended = match &request.call {
                Call::Delete { .. } => true,
                Call::Restore { .. } => false,
                Call::Enable { enabled, .. } if policy == Policy::Disable => !enabled,
                _ => return None,
            };
            (request.call.user() == Some(user)).then_some((request.at, ended))
        });
        let by_others = self.deeds.iter().filter(|deed| deed.user == user).filter_map(|deed| match deed.what {
            What::Deleted => Some((deed.at, true)),
            What::Disabled if policy == Policy::Disable => Some((deed.at, true)),
            _ => None,
        });
        let all = by_operator.chain(by_others).filter(|(at, _)| *at <= until);
        all.max_by_key(|(at, _)| *at).is_some_and(|(_, ended)| ended)
    }

    /// Whether the user had certainly accepted during all of the window.
    pub fn had_accepted(&self, user: &str, window: Span) -> bool {
        let accepted = |deed: &&&Deed| {
            let kind = matches!(deed.what, What::Accepted | What::WasThere { accepted: true, .. });
            deed.user == user && kind && deed.at <= window.from
        };
        let Some(since) = self.deeds.iter().filter(accepted).map(|deed| deed.at).max() else { return false };
        let reset = |request: &&&Request| {
            let resets = matches!(&request.call, Call::Invite { resets: Some(reset), .. } if reset == user);
            // One that came before may have done its work after.
            resets && request.at >= since - LIVE && request.at <= window.to && request.worked != Worked::No
        };
        !self.requests.iter().any(|request| reset(&request))
    }
}
