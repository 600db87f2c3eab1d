//! What the description says of errors: read by it only, never made.

use geodata::wire::ErrorBody;

/// The refusals that every endpoint may answer with.
#[derive(utoipa::IntoResponses)]
pub enum Refusals {
    /// The address is malformed.
    #[response(status = BAD_REQUEST)]
    Malformed(#[to_schema] ErrorBody),
    /// Nobody is signed in, or not any more.
    #[response(status = UNAUTHORIZED)]
    SignedOut(#[to_schema] ErrorBody),
    /// The person's role may not do this; or the request comes from another site's page, or names a host that is not this one.
    #[response(status = FORBIDDEN)]
    Forbidden(#[to_schema] ErrorBody),
    /// No such town, or no such thing in it.
    #[response(status = NOT_FOUND)]
    NotFound(#[to_schema] ErrorBody),
    /// A parameter or field breaks a rule: `field` names it, `message` tells the rule.
    #[response(status = UNPROCESSABLE_ENTITY)]
    Invalid(#[to_schema] ErrorBody),
    /// The database is away or busy; `Retry-After` tells when to try again.
    #[response(status = SERVICE_UNAVAILABLE)]
    Unavailable(#[to_schema] ErrorBody),
}

/// The refusals of endpoints that take a body, on top of these.
#[derive(utoipa::IntoResponses)]
pub enum BodyRefusals {
    /// Another request with the same `Idempotency-Key` is being handled, or what was asked is not possible now.
    #[response(status = CONFLICT)]
    Conflict(#[to_schema] ErrorBody),
    /// The body is larger than 64 KiB.
    #[response(status = PAYLOAD_TOO_LARGE)]
    TooLarge(#[to_schema] ErrorBody),
}

/// The refusals of what one person may do only so often.
#[derive(utoipa::IntoResponses)]
pub enum OftenRefusals {
    /// Too often for one person; `Retry-After` tells when to go on.
    #[response(status = TOO_MANY_REQUESTS)]
    TooMany(#[to_schema] ErrorBody),
}

/// The refusals of what takes a file, in place of [`BodyRefusals`].
#[derive(utoipa::IntoResponses)]
pub enum FileRefusals {
    /// Another request with the same `Idempotency-Key` is being handled, or the incident takes no more photos.
    #[response(status = CONFLICT)]
    Conflict(#[to_schema] ErrorBody),
    /// The file is larger than is taken: 10 MiB, where nothing else is set.
    #[response(status = PAYLOAD_TOO_LARGE)]
    TooLarge(#[to_schema] ErrorBody),
    /// Sixty in ten minutes; `Retry-After` tells when to go on.
    #[response(status = TOO_MANY_REQUESTS)]
    TooMany(#[to_schema] ErrorBody),
}
