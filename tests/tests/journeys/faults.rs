//! What goes wrong at the service and at the storage: the file arrives whole, or its job says clearly what it needs.

mod case;
mod every;
mod nine;
