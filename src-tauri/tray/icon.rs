//! The three still icons. `icons/make` draws them from `icons/tray/*.svg`.

use tauri::image::Image;

use crate::glance::Face;

/// The picture of a face.
pub(super) fn of(face: Face) -> Image<'static> {
    match face {
        Face::Idle => tauri::include_image!("icons/tray/idle.png"),
        Face::Working => tauri::include_image!("icons/tray/working.png"),
        Face::Attention => tauri::include_image!("icons/tray/attention.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of a colour against a panel (WCAG 2.2, 1.4.11).
    fn contrast(colour: [u8; 3], panel: [u8; 3]) -> f64 {
        let light = |rgb: [u8; 3]| {
            let part = |byte: u8| {
                let part = f64::from(byte) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2])
        };
        let (a, b) = (light(colour), light(panel));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn each_reads_on_light_and_on_dark_panels() {
        for face in [Face::Idle, Face::Working, Face::Attention] {
            let icon = of(face);
            let solid = icon.rgba().chunks_exact(4).filter(|pixel| pixel[3] == 255);
            for panel in [[255, 255, 255], [0x2b, 0x2b, 0x2b]] {
                let worst = solid
                    .clone()
                    .map(|pixel| contrast([pixel[0], pixel[1], pixel[2]], panel))
                    .fold(f64::INFINITY, f64::min);
                assert!(worst >= 3.0, "{face:?} on {panel:?}: {worst}");
            }
        }
    }

    #[test]
    fn they_differ_by_form_where_a_panel_takes_their_colour_away() {
        let form = |face| of(face).rgba().chunks_exact(4).map(|pixel| pixel[3] > 127).collect::<Vec<_>>();
        let [idle, working, attention] = [Face::Idle, Face::Working, Face::Attention].map(form);
        let differ = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| a != b).count();
        for (a, b) in [(&idle, &working), (&working, &attention), (&idle, &attention)] {
            assert!(differ(a, b) > a.len() / 20, "{} of {}", differ(a, b), a.len());
        }
    }
}
