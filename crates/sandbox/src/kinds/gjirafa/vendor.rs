//! How Gjirafa speaks: key, what each call carries, its envelope.

use http::request::Parts;

use super::{KIND, register, reply, steps};
use crate::faults::effect::Reply;
use crate::faults::grammar::Step;
use crate::kinds::fields::{Wrong, string};
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, Carries, No, Noted, Takes, Vendor};
use crate::shared::Shared;

/// The kind.
#[derive(Clone)]
pub(crate) struct Gjirafa;

impl Vendor for Gjirafa {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn admit(&self, shared: &Shared, _: Step, head: &Parts) -> Result<(), No> {
        shared.settings.gjirafa.admit(&head.headers)
    }

    fn takes(&self, step: Step) -> Takes {
        match step {
            Step::List => Takes::QUERY,
            // Whether it wants a body, the vendor does not say.
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

    fn work(&self, shared: &Shared, call: &Call, noted: &mut Noted) -> Result<Said, No> {
        if call.param("project") != shared.settings.gjirafa.project {
            return Err(No::new(404, "ProjectNotFound", "There is no such project"));
        }
        match call.step {
            Step::Complete => steps::complete(shared, call, noted),
            Step::Abort => steps::abort(shared, call),
            Step::Refresh => steps::resume(shared, call),
            Step::List => steps::list(shared, call),
            Step::Verify => steps::success(shared, call, noted),
            Step::Register => register::encode(shared, call, noted),
            _ => steps::start(shared, call, noted),
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

/// The refusal of a request that is not as it must be.
pub(crate) fn bad(wrong: Wrong) -> No {
    No::new(400, "ValidationError", wrong.0)
}
