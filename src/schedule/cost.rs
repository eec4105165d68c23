//! What a request costs ("Microsoft Graph service-specific throttling limits"). Three things are counted: resource units, writes, and
//! invitations, which are a service of their own.

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Invitations of the directory, by all applications together.
    Invitations,
    /// Writes to users, groups and their relations.
    Writes,
    /// Resource units, for reads and writes.
    Units,
}

/// What a request costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Invitations.
    pub invitations: u32,
    /// Writes.
    pub writes: u32,
    /// Resource units.
    pub units: u32,
}

impl Cost {
    /// The cost of an invitation.
    pub const INVITATION: Self = Self { invitations: 1, writes: 0, units: 0 };

    /// The cost of a change.
    pub const WRITE: Self = Self { invitations: 0, writes: 1, units: 1 };

    /// The cost of a request by `method`, such as "GET", to the resource at `path` below the version, such as "users/ID", with this query.
    /// A `$batch` is free, and its items cost what they cost alone.
    pub fn of(method: &str, path: &str, query: Option<&str>) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match (method, segments.as_slice()) {
            ("POST", ["$batch"]) => Self::default(),
            ("POST", ["invitations"]) => Self::INVITATION,
            ("GET", segments) => Self { units: read(segments, query.unwrap_or_default()), ..Self::default() },
            _ => Self::WRITE,
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            invitations: self.invitations.saturating_add(other.invitations),
            writes: self.writes.saturating_add(other.writes),
            units: self.units.saturating_add(other.units),
        }
    }

    /// How many invitations, writes and units.
    pub fn each(&self) -> [u32; 3] {
        [self.invitations, self.writes, self.units]
    }

    /// The resource of which a refusal or a warning for such a request tells most: the scarcest that it uses.
    pub fn scarcest(&self) -> Resource {
        let [invitations, writes, _] = self.each();
        if invitations > 0 {
            Resource::Invitations
        } else if writes > 0 {
            Resource::Writes
        } else {
            Resource::Units
        }
    }
}

/// The units of a read: those of its resource, one less with `$select`, one more with `$expand`, one less with a `$top` below 20, and one
/// at least.
fn read(segments: &[&str], query: &str) -> u32 {
    let base: i64 = match segments {
        ["groups", _, "members", ..] => 3,
        ["users"] | ["users", _, "memberOf", ..] => 2,
        _ => 1,
    };
    let (mut select, mut expand, mut small) = (false, false, false);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "$select" => select = true,
            "$expand" => expand = true,
            "$top" => small = value.parse::<u32>().is_ok_and(|top| top < 20),
            _ => {}
        }
    }
    let units = base - i64::from(select) + i64::from(expand) - i64::from(small);
    u32::try_from(units.max(1)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_cost_what_the_page_says() {
        let cost = |method, path, query| Cost::of(method, path, query).each();
        assert_eq!(cost("POST", "/invitations", None), [1, 0, 0]);
        assert_eq!(cost("POST", "/$batch", None), [0, 0, 0]);
        assert_eq!(cost("PATCH", "/users/u", None), [0, 1, 1]);
        assert_eq!(cost("POST", "/groups/g/members/$ref", None), [0, 1, 1]);
        assert_eq!(cost("DELETE", "/groups/g/members/u/$ref", None), [0, 1, 1]);
        assert_eq!(cost("GET", "/users", None), [0, 0, 2]);
        assert_eq!(cost("GET", "/users", Some("%24select=id&$top=999")), [0, 0, 1]);
        assert_eq!(cost("GET", "/users", Some("%24select=id&%24top=5")), [0, 0, 1]);
        assert_eq!(cost("GET", "/users", Some("$expand=manager")), [0, 0, 3]);
        assert_eq!(cost("GET", "/users/u", Some("$select=id")), [0, 0, 1]);
        assert_eq!(cost("GET", "/groups/g/members", Some("$select=id&$top=999")), [0, 0, 2]);
    }
}
