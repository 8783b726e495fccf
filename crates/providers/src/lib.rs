//! One module a vendor: the only place that knows a vendor's name.
