/** Paints the part grid on a canvas: ten thousand elements would cost more than the upload. */

import { kindOf } from "../format/ribbon";
import type { Layout } from "./grid";

export interface Colours {
  empty: string;
  confirmed: string;
  way: string;
  again: string;
  failed: string;
  ink: string;
}

export function paint(
  canvas: HTMLCanvasElement,
  letters: string,
  at: Layout,
  width: number,
  colours: Colours,
): void {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(at.height * scale);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(scale, scale);
  const size = at.step - at.gap;
  const radius = size > 8 ? 2.5 : size > 4 ? 1 : 0;

  for (let i = 0; i < letters.length; i += 1) {
    const letter = letters[i] ?? ".";
    const x = (i % at.columns) * at.step;
    const y = Math.floor(i / at.columns) * at.step;
    const kind = kindOf(letter, false);
    context.save();
    context.beginPath();
    context.roundRect(x, y, size, size, radius);
    context.fillStyle = kind === "way" ? colours.way : kind === "share" ? colours.empty : colours[kind];
    context.fill();
    if (kind === "way" || kind === "again" || kind === "failed") {
      context.clip();
      if (kind === "way") fillUp(context, x, y, size, Number(letter) / 10, colours.confirmed);
      else if (kind === "again") hatch(context, x, y, size, colours.ink);
      else notch(context, x, y, size, colours.ink);
    }
    context.restore();
  }
}

/** Taken so far, from below. */
function fillUp(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  share: number,
  colour: string,
) {
  context.fillStyle = colour;
  context.fillRect(x, y + size * (1 - share), size, size * share);
}

/** Sent again: told by stripes, not by colour alone. */
function hatch(context: CanvasRenderingContext2D, x: number, y: number, size: number, colour: string) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  for (let d = -size; d < size; d += 4) {
    context.beginPath();
    context.moveTo(x + d, y + size);
    context.lineTo(x + d + size, y);
    context.stroke();
  }
}

/** Did not go: told by a cross. */
function notch(context: CanvasRenderingContext2D, x: number, y: number, size: number, colour: string) {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, size / 8);
  const inset = size / 4;
  context.beginPath();
  context.moveTo(x + inset, y + inset);
  context.lineTo(x + size - inset, y + size - inset);
  context.moveTo(x + size - inset, y + inset);
  context.lineTo(x + inset, y + size - inset);
  context.stroke();
}
