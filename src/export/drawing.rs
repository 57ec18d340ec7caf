//! How *text becomes pixels*: lines of two typefaces on a sheet of one size, as a PNG of sixteen colours.
//!
//! Latin, Greek and Cyrillic only: fonts for all scripts would be larger than this program. Whoever draws
//! asks first, as a letter that is not in the font would be an empty box.

use std::borrow::Cow;

use ab_glyph::{Font, FontRef, ScaleFont, point};
use anyhow::{Context, Result};
use foldhash::HashMap;
use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use crate::words::is_forged;

/// What sites that show links ask for.
pub const WIDTH: usize = 1200;
/// See [`WIDTH`].
pub const HEIGHT: usize = 630;

/// Steps from paper to full ink: three inks and the paper make sixteen colours, four bits a pixel.
const STEPS: u8 = 5;

const PAPER: [u8; 3] = [0xfb, 0xfa, 0xf7];

/// A colour to draw with: those of the light stylesheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// For what is said.
    Text,
    /// For what stands beside it.
    Soft,
    /// For the frame.
    Accent,
}

impl Ink {
    const ALL: [Ink; 3] = [Ink::Text, Ink::Soft, Ink::Accent];

    fn colour(self) -> [u8; 3] {
        match self {
            Ink::Text => [0x1d, 0x21, 0x26],
            Ink::Soft => [0x59, 0x61, 0x6b],
            Ink::Accent => [0x0b, 0x5a, 0x6b],
        }
    }

    /// The place of one of its steps, from 1, in the palette.
    fn place(self, step: u8) -> u8 {
        self as u8 * STEPS + step
    }
}

/// A typeface at one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Style {
    /// True for the bold one with serifs.
    pub is_serif: bool,
    /// Pixels of a line.
    pub size: u16,
}

/// A letter as it is drawn.
struct Letter {
    /// From the pen to its box.
    left: i32,
    /// From the line to its box.
    top: i32,
    width: usize,
    /// The step of each pixel of the box.
    steps: Vec<u8>,
}

/// The typefaces, with the commonest letters ready to be drawn.
pub struct Pens {
    serif: FontRef<'static>,
    sans: FontRef<'static>,
    ready: HashMap<(Style, char), Letter>,
}

/// The bytes of the typefaces.
pub const FONTS: [&[u8]; 2] =
    [include_bytes!("fonts/NotoSerif-Bold.ttf"), include_bytes!("fonts/NotoSans-Regular.ttf")];

impl Pens {
    /// Pens that draw in `styles` fast.
    pub fn new(styles: &[Style]) -> Pens {
        let font = |bytes| FontRef::try_from_slice(bytes).unwrap_or_else(|_| unreachable!("the fonts are built in"));
        let mut pens = Pens { serif: font(FONTS[0]), sans: font(FONTS[1]), ready: HashMap::default() };
        let letters = styles.iter().flat_map(|style| ('!'..='~').map(|letter| (*style, letter)));
        pens.ready = letters.map(|(style, letter)| ((style, letter), pens.letter(style, letter))).collect();
        pens
    }

    /// True if both typefaces have all letters of `text`.
    pub fn can_draw(&self, text: &str) -> bool {
        let can = |letter: char| [&self.serif, &self.sans].iter().all(|font| font.glyph_id(letter).0 != 0);
        text.chars().all(|letter| !is_forged(letter) && can(letter))
    }

    fn font(&self, style: Style) -> &FontRef<'static> {
        if style.is_serif { &self.serif } else { &self.sans }
    }

    fn letter(&self, style: Style, letter: char) -> Letter {
        let font = self.font(style);
        let glyph = font.glyph_id(letter).with_scale_and_position(f32::from(style.size), point(0.0, 0.0));
        let Some(outline) = font.outline_glyph(glyph) else {
            return Letter { left: 0, top: 0, width: 1, steps: Vec::new() };
        };
        let bounds = outline.px_bounds();
        let width = bounds.width() as usize;
        let mut steps = vec![0; width * bounds.height() as usize];
        outline.draw(|x, y, covered| {
            steps[y as usize * width + x as usize] = (covered.clamp(0.0, 1.0) * f32::from(STEPS)).round() as u8;
        });
        Letter { left: bounds.min.x as i32, top: bounds.min.y as i32, width: width.max(1), steps }
    }

    /// Pixels from the first letter of `text` to where the next would stand.
    pub fn width(&self, style: Style, text: &str) -> f32 {
        let font = self.font(style).as_scaled(f32::from(style.size));
        text.chars().map(|letter| font.h_advance(font.glyph_id(letter))).sum()
    }

    /// `text` in lines of at most `width` pixels, broken after spaces and the signs that names are made with; a
    /// word that is longer than a line is broken where it must be.
    pub fn lines(&self, style: Style, text: &str, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_inclusive([' ', '-', '_', '/', '.', ':']) {
            let line = lines.last_mut().map_or("", |line| line);
            let together = format!("{line}{word}");
            if self.width(style, together.trim_end()) <= width {
                lines.pop();
                lines.push(together);
                continue;
            }
            if !line.is_empty() {
                lines.push(String::new());
            }
            for letter in word.chars() {
                let mut line = lines.pop().unwrap_or_default();
                line.push(letter);
                if self.width(style, line.trim_end()) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(line);
                    line = letter.to_string();
                }
                lines.push(line);
            }
        }
        lines.iter().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// `text`, cut to at most `width` pixels with an ellipsis.
    pub fn shortened<'t>(&self, style: Style, text: &'t str, width: f32) -> Cow<'t, str> {
        if self.width(style, text) <= width {
            return Cow::Borrowed(text);
        }
        let mut short = text.to_owned();
        while !short.is_empty() && self.width(style, &format!("{short}…")) > width {
            short.pop();
        }
        Cow::Owned(short.trim_end().to_owned() + "…")
    }
}

/// A sheet to draw on: the place in the palette of each pixel.
pub struct Sheet(Vec<u8>);

impl Sheet {
    /// An empty one.
    pub fn blank() -> Sheet {
        Sheet(vec![0; WIDTH * HEIGHT])
    }

    /// Fills a box from `(left, top)`; what lies outside is left out.
    pub fn bar(&mut self, ink: Ink, (left, top): (usize, usize), (width, height): (usize, usize)) {
        for y in top..(top + height).min(HEIGHT) {
            let row = &mut self.0[y * WIDTH..(y + 1) * WIDTH];
            row[left.min(WIDTH)..(left + width).min(WIDTH)].fill(ink.place(STEPS));
        }
    }

    /// Draws one line of `text` whose letters stand on `line`.
    pub fn text(&mut self, pens: &Pens, style: Style, ink: Ink, (left, line): (f32, i32), text: &str) {
        let font = pens.font(style).as_scaled(f32::from(style.size));
        let mut pen = left;
        for letter in text.chars() {
            let other;
            let drawn = match pens.ready.get(&(style, letter)) {
                Some(ready) => ready,
                None => {
                    other = pens.letter(style, letter);
                    &other
                }
            };
            self.letter(drawn, ink, (pen.round() as i32, line));
            pen += font.h_advance(font.glyph_id(letter));
        }
    }

    fn letter(&mut self, letter: &Letter, ink: Ink, (x, y): (i32, i32)) {
        for (row, steps) in (0..).zip(letter.steps.chunks(letter.width)) {
            for (column, step) in (0..).zip(steps).filter(|(_, step)| **step > 0) {
                let (x, y) = (x + letter.left + column, y + letter.top + row);
                if (0..WIDTH as i32).contains(&x) && (0..HEIGHT as i32).contains(&y) {
                    let pixel = &mut self.0[y as usize * WIDTH + x as usize];
                    // Boxes of neighbours overlap.
                    *pixel = (*pixel).max(ink.place(*step));
                }
            }
        }
    }

    /// The image.
    pub fn png(&self) -> Result<Vec<u8>> {
        let mut palette = PAPER.to_vec();
        for ink in Ink::ALL {
            for step in 1..=STEPS {
                let mixed = |(paper, full): (u8, u8)| {
                    let (paper, full) = (u16::from(paper), u16::from(full));
                    ((paper * u16::from(STEPS - step) + full * u16::from(step)) / u16::from(STEPS)) as u8
                };
                palette.extend(PAPER.into_iter().zip(ink.colour()).map(mixed));
            }
        }
        let packed: Vec<u8> = self.0.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, WIDTH as u32, HEIGHT as u32);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(BitDepth::Four);
        encoder.set_palette(palette);
        // The best compression would take thirty times as long, for a third of the bytes.
        encoder.set_compression(Compression::Fast);
        encoder.set_filter(Filter::Up);
        let mut writer = encoder.write_header().context("failed to write an image")?;
        writer.write_image_data(&packed).context("failed to write an image")?;
        writer.finish().context("failed to write an image")?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { is_serif: true, size: 40 };

    #[test]
    fn both_typefaces_have_the_same_letters_and_no_box_for_others() {
        let pens = Pens::new(&[]);
        let letters = |font: &FontRef| font.codepoint_ids().map(|(_, letter)| letter).collect::<Vec<_>>();
        let (mut serif, mut sans) = (letters(&pens.serif), letters(&pens.sans));
        serif.sort_unstable();
        sans.sort_unstable();
        assert_eq!(serif, sans);
        assert!(pens.can_draw("Łódź, Việt Nam, Ελλάδα, Київ: “7B–70B” · … ₂²"));
        for missing in ["通义千问", "عربي", "हिन्दी", "✓", "a\u{202e}b", "a\tb", "🙂"] {
            assert!(!pens.can_draw(missing), "{missing}");
        }
    }

    #[test]
    fn lines_keep_all_letters_and_their_width() {
        let pens = Pens::new(&[]);
        let text = "Mixtral-8x7B-Instruct-v0.1 by a name_without/any.spaces ".to_owned() + &"W".repeat(80);
        for width in [60.0, 200.0, 500.0] {
            let lines = pens.lines(STYLE, &text, width);
            assert!(lines.iter().all(|line| pens.width(STYLE, line) <= width), "{lines:?}");
            let letters = |text: &str| text.replace(' ', "");
            assert_eq!(letters(&lines.concat()), letters(&text));
            assert!(pens.width(STYLE, &pens.shortened(STYLE, &text, width)) <= width);
        }
        assert_eq!(pens.shortened(STYLE, "short", 500.0), "short");
    }

    #[test]
    fn a_letter_that_was_ready_is_drawn_as_any_other() {
        let drawn = |styles: &[Style]| {
            let mut sheet = Sheet::blank();
            sheet.text(&Pens::new(styles), STYLE, Ink::Text, (-3.0, 60), "Agé, 1×2");
            sheet.text(&Pens::new(styles), STYLE, Ink::Soft, (1150.0, 640), "outside");
            sheet.png().unwrap()
        };
        assert_eq!(drawn(&[]), drawn(&[STYLE]));
    }
}
