//! A kind of destination as front ends see it.

use partway_api::{Choice, KindView, SettingForm, SettingView};
use partway_providers::{Form, Kind, Setting, Text};

/// Everything that a form or a command line needs to ask for a destination.
pub(crate) fn kind(kind: &Kind) -> KindView {
    let about = kind.about();
    let own = |words: &[Text]| words.iter().map(|word| word.clone().into_owned()).collect();
    KindView {
        kind: about.name.clone().into(),
        name: about.title.clone().into(),
        about: about.summary.clone().into(),
        key_label: about.key_label.clone().into(),
        key_help: about.key_hint.clone().into(),
        secret_label: about.secret_label.clone().map(Into::into),
        settings: about.settings.iter().map(setting).collect(),
        file_fields: own(&about.file_fields),
        cannot_know: own(&about.cannot_know),
    }
}

fn setting(setting: &Setting) -> SettingView {
    SettingView {
        name: setting.name.clone().into(),
        label: setting.label.clone().into(),
        help: setting.help.clone().into(),
        form: match &setting.form {
            Form::Text { placeholder } => SettingForm::Text { placeholder: placeholder.clone().into() },
            Form::Choice(choices) => SettingForm::Choice {
                choices: choices
                    .iter()
                    .map(|(value, label)| Choice { value: value.clone().into(), label: label.clone().into() })
                    .collect(),
            },
            Form::Switch => SettingForm::Switch,
            Form::Lines { placeholder } => SettingForm::Lines { placeholder: placeholder.clone().into() },
        },
        required: setting.required,
        advanced: setting.advanced,
    }
}
