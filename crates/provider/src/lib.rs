//! What every vendor must answer: the Provider trait and its plain types.
