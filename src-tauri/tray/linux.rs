//! The tray of Linux desktops: the StatusNotifierItem protocol on the session's bus. The icon appears whenever a panel with a tray does.

use std::time::Duration;

use ksni::menu::{MenuItem, StandardItem};
use ksni::{Category, Handle, Status, ToolTip, TrayMethods as _};
use tauri::AppHandle;

use super::menu::{self, Entry};
use super::{act, icon};
use crate::glance::{Face, Glance};
use crate::words;

/// What the desktop gets to say whether it shows trays; a user waits for the answer.
const ASK: Duration = Duration::from_secs(1);

/// The icon on the bus.
pub(super) struct Icon {
    handle: Handle<Item>,
    bus: zbus::Connection,
}

impl Icon {
    /// Offers an icon to whatever tray there is or will be; `None` where there is no bus to do it on.
    pub(super) async fn make(app: &AppHandle, glance: &Glance) -> Option<Self> {
        let bus = zbus::Connection::session().await.ok()?;
        let item = Item { app: app.clone(), glance: glance.clone() };
        let handle = item.assume_sni_available(true).spawn().await.ok()?;
        Some(Self { handle, bus })
    }

    /// Shows what is new.
    pub(super) async fn show(&self, glance: &Glance) {
        self.handle.update(|item| item.glance.clone_from(glance)).await;
    }

    /// Whether a panel shows it: icons can be offered to a desktop on which nobody draws them.
    pub(super) async fn is_seen(&self) -> bool {
        const NAME: &str = "org.kde.StatusNotifierWatcher";
        let asked = self.bus.call_method(
            Some(NAME),
            "/StatusNotifierWatcher",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &(NAME, "IsStatusNotifierHostRegistered"),
        );
        let Ok(Ok(answer)) = tokio::time::timeout(ASK, asked).await else { return false };
        let answer = answer.body().deserialize::<zbus::zvariant::Value<'_>>().map(bool::try_from);
        !self.handle.is_closed() && matches!(answer, Ok(Ok(true)))
    }
}

/// What the desktop asks for.
struct Item {
    app: AppHandle,
    glance: Glance,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "partway".into()
    }

    fn title(&self) -> String {
        "Partway".into()
    }

    fn category(&self) -> Category {
        Category::ApplicationStatus
    }

    fn status(&self) -> Status {
        if self.glance.face == Face::Attention { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        vec![pixels(self.glance.face)]
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        vec![pixels(Face::Attention)]
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: "Partway".into(), description: words::status(&self.glance), ..ToolTip::default() }
    }

    fn activate(&mut self, _: i32, _: i32) {
        act(&self.app, menu::Act::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        menu::entries(&self.glance).into_iter().map(entry).collect()
    }
}

fn entry(entry: Entry) -> MenuItem<Item> {
    match entry {
        Entry::Line => MenuItem::Separator,
        Entry::Text(text) => {
            StandardItem { label: plain(&text), enabled: false, ..Default::default() }.into()
        }
        Entry::Do(what) => StandardItem {
            label: what.words().into(),
            activate: Box::new(move |item: &mut Item| act(&item.app, what)),
            ..Default::default()
        }
        .into(),
    }
}

/// An underline would mark the next letter as a key; two of them are one (dbusmenu, "label").
fn plain(text: &str) -> String {
    text.replace('_', "__")
}

fn pixels(face: Face) -> ksni::Icon {
    let image = icon::of(face);
    let size = |pixels: u32| i32::try_from(pixels).unwrap_or_default();
    let argb = |pixel: &[u8]| [pixel[3], pixel[0], pixel[1], pixel[2]];
    ksni::Icon {
        width: size(image.width()),
        height: size(image.height()),
        data: image.rgba().chunks_exact(4).flat_map(argb).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_underlines() {
        assert_eq!(plain("ep12_master_v2.mov"), "ep12__master__v2.mov");
    }

    #[test]
    fn pixels_are_as_the_protocol_has_them() {
        let (image, shown) = (icon::of(Face::Attention), pixels(Face::Attention));
        assert_eq!((shown.width, shown.height, shown.data.len()), (44, 44, 44 * 44 * 4));
        let at = image.rgba().chunks_exact(4).position(|pixel| pixel[3] == 255).unwrap() * 4;
        let (rgba, argb) = (&image.rgba()[at..at + 4], &shown.data[at..at + 4]);
        assert_eq!(argb, [rgba[3], rgba[0], rgba[1], rgba[2]]);
    }
}
