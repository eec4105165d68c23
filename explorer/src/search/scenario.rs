//! A bound on what may come together. Within it every interleaving is visited.

use crate::world::World;
use crate::world::objects::ModelUser;
use crate::world::records::Records;
use crate::world::setting::{Asks, Budget, Rival, Setting};

pub struct Scenario {
    pub name: &'static str,
    setting: Setting,
    budget: Budget,
    /// The guest's user, if the directory had one before anybody invited.
    existing: Option<ModelUser>,
    /// The last tick.
    pub horizon: u8,
}

impl Scenario {
    pub fn new(name: &'static str, asks: Asks, budget: Budget) -> Self {
        let setting = Setting {
            asks,
            rival: Rival::Nobody,
            alone: false,
            existed: false,
            in_sight: false,
            manages: false,
            retains: false,
            approval: false,
        };
        let scenario = Self { name, setting, budget, existing: None, horizon: 5 };
        if asks.is_first() { scenario } else { scenario.existing(true) }
    }

    /// There is one process only.
    pub fn alone(mut self) -> Self {
        self.setting.alone = true;
        self
    }

    pub fn until(self, horizon: u8) -> Self {
        Self { horizon, ..self }
    }

    pub fn rival(mut self, rival: Rival) -> Self {
        self.setting.rival = rival;
        self
    }

    /// Somebody has the address before anybody invites.
    pub fn existing(mut self, in_sight: bool) -> Self {
        (self.setting.existed, self.setting.in_sight) = (true, in_sight);
        self.existing = Some(ModelUser::new(0, 0, in_sight));
        self
    }

    /// Whom the claims find they may treat as if they had invited them.
    pub fn managed(mut self) -> Self {
        self.setting.manages = true;
        self
    }

    /// The claims say `deletionPolicy: Retain` at first.
    pub fn retaining(mut self) -> Self {
        self.setting.retains = true;
        self
    }

    /// The rules want an approval.
    pub fn approved(mut self) -> Self {
        self.setting.approval = true;
        self
    }

    pub fn world(&self, records: &mut Records) -> World {
        World::new(self.setting, self.budget, self.existing, records)
    }
}
