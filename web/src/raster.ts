// The CPU rasteriser: a draw list into an RGBA framebuffer of 32-bit words. Everything is clipped here; the scene may
// name any coordinates. Lines are anti-aliased as in [Wu91] (docs/CONSOLE.md), blending is integer arithmetic.
import type { Atlas, Mask } from './atlas.ts';
import { type DrawList, Op } from './draw_list.ts';

const ELLIPSE_STEPS = 40;

interface Stamp {
  offsets: Int32Array;
  alphas: Uint16Array; // 0 to 256
}

export class Raster {
  readonly pixels: Uint32Array;
  private readonly stamps = new Map<Mask, Stamp>();

  constructor(
    readonly width: number,
    readonly height: number,
    bytes: ArrayBuffer,
  ) {
    this.pixels = new Uint32Array(bytes);
  }

  // Copies a window of a larger bitmap whose top left corner is at (left, top) of that bitmap.
  copyFrom(source: Uint32Array, sourceWidth: number, left: number, top: number): void {
    for (let y = 0; y < this.height; y++) {
      const at = (top + y) * sourceWidth + left;
      this.pixels.set(source.subarray(at, at + this.width), y * this.width);
    }
  }

  execute(list: DrawList, inks: Uint32Array, atlas: Atlas): void {
    const d = list.data;
    let n = 0;
    while (n < list.length) {
      switch (d[n]) {
        case Op.line:
          this.line(d[n + 1], d[n + 2], d[n + 3], d[n + 4], inks[d[n + 5]], d[n + 6], d[n + 7], 0);
          n += 8;
          break;
        case Op.sprite: {
          const mask = atlas.sprites[d[n + 1]];
          const x = Math.round(d[n + 2] - mask.width / 2);
          const y = Math.round(d[n + 3] - mask.height / 2);
          this.mask(mask, x, y, inks[d[n + 4]], d[n + 5]);
          n += 6;
          break;
        }
        case Op.text: {
          const count = d[n + 5];
          let x = Math.round(d[n + 1]);
          const y = Math.round(d[n + 2]);
          const word = inks[d[n + 3]];
          const bold = d[n + 4] === 1;
          for (let i = 0; i < count; i++) {
            const code = d[n + 6 + i];
            if (code !== 32) this.mask(atlas.glyph(code, bold), x, y, word, 1);
            x += atlas.cellWidth;
          }
          n += 6 + count;
          break;
        }
        case Op.fill:
          this.fill(d[n + 1], d[n + 2], d[n + 3], d[n + 4], inks[d[n + 5]], d[n + 6]);
          n += 7;
          break;
        case Op.ellipse:
          this.ellipse(d[n + 1], d[n + 2], d[n + 3], d[n + 4], d[n + 5], inks[d[n + 6]], d[n + 7], d[n + 8]);
          n += 9;
          break;
        default:
          return; // an op of a newer list: nothing after it can be read
      }
    }
  }

  // `alpha` of 0..256 over the pixel that is there.
  private blend(at: number, word: number, alpha: number): void {
    const under = this.pixels[at];
    const keep = 256 - alpha;
    const rb = (((under & 0xff00ff) * keep + (word & 0xff00ff) * alpha) >>> 8) & 0xff00ff;
    const g = (((under & 0xff00) * keep + (word & 0xff00) * alpha) >>> 8) & 0xff00;
    this.pixels[at] = 0xff000000 | rb | g;
  }

  // Most of a symbol's box is empty: its marked pixels are listed once, as offsets in this framebuffer.
  private stampOf(mask: Mask): Stamp {
    let stamp = this.stamps.get(mask);
    if (!stamp) {
      const marked: number[] = [];
      for (let i = 0; i < mask.alpha.length; i++) if (mask.alpha[i] !== 0) marked.push(i);
      stamp = {
        offsets: Int32Array.from(marked, (i) => Math.floor(i / mask.width) * this.width + (i % mask.width)),
        alphas: Uint16Array.from(marked, (i) => Math.round((mask.alpha[i] * 256) / 255)),
      };
      this.stamps.set(mask, stamp);
    }
    return stamp;
  }

  private mask(mask: Mask, left: number, top: number, word: number, strength: number): void {
    const inside =
      left >= 0 && top >= 0 && left + mask.width <= this.width && top + mask.height <= this.height;
    if (inside) {
      const { offsets, alphas } = this.stampOf(mask);
      const { pixels } = this;
      const base = top * this.width + left;
      const redBlue = word & 0xff00ff;
      const green = word & 0xff00;
      for (let i = 0; i < offsets.length; i++) {
        const at = base + offsets[i];
        const alpha = strength === 1 ? alphas[i] : (alphas[i] * strength) | 0;
        const keep = 256 - alpha;
        const under = pixels[at];
        const rb = (((under & 0xff00ff) * keep + redBlue * alpha) >>> 8) & 0xff00ff;
        const g = (((under & 0xff00) * keep + green * alpha) >>> 8) & 0xff00;
        pixels[at] = 0xff000000 | rb | g;
      }
      return;
    }
    const x0 = Math.max(0, -left);
    const x1 = Math.min(mask.width, this.width - left);
    const y0 = Math.max(0, -top);
    const y1 = Math.min(mask.height, this.height - top);
    if (x0 >= x1) return;
    const scale = (strength * 256) / 255;
    for (let y = y0; y < y1; y++) {
      let from = y * mask.width + x0;
      let at = (top + y) * this.width + left + x0;
      for (let x = x0; x < x1; x++, from++, at++) {
        const a = mask.alpha[from];
        if (a !== 0) this.blend(at, word, (a * scale + 0.5) | 0);
      }
    }
  }

  private fill(x: number, y: number, w: number, h: number, word: number, alpha: number): void {
    const x0 = Math.max(0, Math.round(x));
    const x1 = Math.min(this.width, Math.round(x + w));
    const y0 = Math.max(0, Math.round(y));
    const y1 = Math.min(this.height, Math.round(y + h));
    const a = Math.round(alpha * 256);
    for (let row = y0; row < y1; row++) {
      for (let at = row * this.width + x0, end = row * this.width + x1; at < end; at++)
        this.blend(at, word, a);
    }
  }

  // Returns the dash phase at the end, so that a polyline keeps its rhythm.
  private line(
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    word: number,
    strength: number,
    dash: number,
    phase: number,
  ): number {
    const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    let a0 = steep ? y0 : x0;
    let b0 = steep ? x0 : y0;
    let a1 = steep ? y1 : x1;
    let b1 = steep ? x1 : y1;
    const length = Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
    const endPhase = phase + length;
    if (!(length < 1e6)) return endPhase;
    if (a0 > a1) {
      [a0, a1] = [a1, a0];
      [b0, b1] = [b1, b0];
      phase = -endPhase; // walked backwards: the pattern is symmetric about zero
    }
    const slope = a1 - a0 > 1e-6 ? (b1 - b0) / (a1 - a0) : 0;
    const stretch = a1 - a0 > 1e-6 ? length / (a1 - a0) : 0;
    const sizeA = steep ? this.height : this.width;
    const sizeB = steep ? this.width : this.height;
    const first = Math.max(0, Math.round(a0));
    const last = Math.min(sizeA - 1, Math.round(a1));
    const full = strength * 256;
    const { pixels } = this;
    const stepA = steep ? this.width : 1;
    const stepB = steep ? 1 : this.width;
    const redBlue = word & 0xff00ff;
    const green = word & 0xff00;
    for (let a = first; a <= last; a++) {
      if (dash > 0 && (Math.abs(phase + (a - a0) * stretch) / dash) % 2 >= 1) continue;
      const b = b0 + (a - a0) * slope;
      const whole = Math.floor(b);
      if (whole < -1 || whole >= sizeB) continue;
      // The two pixels across the line share its weight.
      const upper = ((b - whole) * full + 0.5) | 0;
      for (let side = 0; side < 2; side++) {
        const alpha = side === 0 ? (full - upper) | 0 : upper;
        const row = whole + side;
        if (alpha === 0 || row < 0 || row >= sizeB) continue;
        const at = a * stepA + row * stepB;
        const keep = 256 - alpha;
        const under = pixels[at];
        const rb = (((under & 0xff00ff) * keep + redBlue * alpha) >>> 8) & 0xff00ff;
        const g = (((under & 0xff00) * keep + green * alpha) >>> 8) & 0xff00;
        pixels[at] = 0xff000000 | rb | g;
      }
    }
    return endPhase;
  }

  private ellipse(
    x: number,
    y: number,
    a: number,
    b: number,
    angle: number,
    word: number,
    strength: number,
    dash: number,
  ): void {
    const reach = Math.max(a, b);
    if (x + reach < 0 || x - reach > this.width || y + reach < 0 || y - reach > this.height) return;
    // The first axis points to (sin, -cos) on the screen: clockwise from north, y down.
    const ux = Math.sin(angle);
    const uy = -Math.cos(angle);
    let px = x + a * ux;
    let py = y + a * uy;
    let phase = 0;
    for (let i = 1; i <= ELLIPSE_STEPS; i++) {
      const t = (i * 2 * Math.PI) / ELLIPSE_STEPS;
      const c = a * Math.cos(t);
      const s = b * Math.sin(t);
      const qx = x + c * ux - s * uy;
      const qy = y + c * uy + s * ux;
      phase = this.line(px, py, qx, qy, word, strength, dash, phase);
      px = qx;
      py = qy;
    }
  }
}
