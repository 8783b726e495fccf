//! Gjirafa's protocol: key, what each call carries, its envelope.

use http::request::Parts;
use jiff::Timestamp;

use super::reply::{self, bad};
use super::{Gjirafa, KIND, register, steps};
use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::fields::{Wrong, string};
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, Carries, No, Noted, Takes, Vendor};
use crate::vault::Vault;

impl Vendor for Gjirafa {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn admit(&self, _: Timestamp, _: Step, head: &Parts) -> Result<(), No> {
        self.account.admit(&head.headers)
    }

    fn takes(&self, step: Step) -> Takes {
        match step {
            Step::List => Takes::QUERY,
            // The vendor does not document whether it wants a body.
            Step::Verify => Takes { body: Carries::MaybeJson, query: false },
            _ => Takes::JSON,
        }
    }

    fn session(&self, call: &Call) -> Option<String> {
        let named = match call.param("request") {
            "" => call.fields().ok()?.may("requestKey", string).ok()??,
            request => request.to_owned(),
        };
        Some(named)
    }

    fn work(&self, front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Said, No> {
        if call.param("project") != self.account.project {
            return Err(No::new(404, "ProjectNotFound", "There is no such project"));
        }
        match call.step {
            Step::Complete => steps::complete(self, front, vault, call, noted),
            Step::Abort => steps::abort(front, vault, call),
            Step::Refresh => steps::resume(self, front, vault, call),
            Step::List => steps::list(front, vault, call),
            Step::Verify => steps::success(front, vault, call, noted),
            Step::Register => register::encode(front, vault, call, noted),
            _ => steps::start(self, front, vault, call, noted),
        }
    }

    fn wrong(&self, wrong: Wrong) -> No {
        bad(wrong)
    }

    fn refusal(&self, no: &No) -> Said {
        reply::refusal(no)
    }

    fn spoil(&self, said: Said, step: Step, how: Reply) -> Said {
        said.change(|reply| reply::spoil(reply, step, how))
    }
}
