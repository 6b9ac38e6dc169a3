//! stub
use serde::{Deserialize, Serialize};
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Remedy { Wait, SignInAgain, AnotherPersonSignsIn, GivePassword, UseAppPassword, SwitchToSignIn, AdminConsent, FixAppRegistration, FixMailboxSettings, AskAdministrator }
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Who { Owner, TenantAdmin, AppOwner, DeskAdmin, Nobody }
