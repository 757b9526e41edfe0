// The one draw list: what a frame shows, as numbers, independent of how it gets to pixels. The scene writes it, the CPU
// rasteriser reads it; another back end would read the same list. Coordinates are device pixels, colours are inks.
//
// Ops, each followed by its operands:
//   line     x0 y0 x1 y1 ink alpha dash     dash: pixels on and off, 0 for solid
//   sprite   id x y ink alpha               centre of the sprite
//   text     x y ink bold n code*n          top left of the first cell
//   fill     x y w h ink alpha
//   ellipse  x y a b angle ink alpha dash   semi-axes in pixels; angle of the first, radians clockwise from north
export const Op = { line: 1, sprite: 2, text: 3, fill: 4, ellipse: 5 } as const;

export class DrawList {
  data = new Float32Array(16_384);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  private room(n: number): void {
    if (this.length + n <= this.data.length) return;
    const bigger = new Float32Array(Math.max(this.data.length * 2, this.length + n));
    bigger.set(this.data);
    this.data = bigger;
  }

  line(x0: number, y0: number, x1: number, y1: number, ink: number, alpha = 1, dash = 0): void {
    this.room(8);
    const d = this.data;
    let n = this.length;
    d[n++] = Op.line;
    d[n++] = x0;
    d[n++] = y0;
    d[n++] = x1;
    d[n++] = y1;
    d[n++] = ink;
    d[n++] = alpha;
    d[n++] = dash;
    this.length = n;
  }

  sprite(id: number, x: number, y: number, ink: number, alpha = 1): void {
    this.room(6);
    const d = this.data;
    let n = this.length;
    d[n++] = Op.sprite;
    d[n++] = id;
    d[n++] = x;
    d[n++] = y;
    d[n++] = ink;
    d[n++] = alpha;
    this.length = n;
  }

  text(x: number, y: number, text: string, ink: number, bold = false): void {
    this.room(6 + text.length);
    const d = this.data;
    let n = this.length;
    d[n++] = Op.text;
    d[n++] = x;
    d[n++] = y;
    d[n++] = ink;
    d[n++] = bold ? 1 : 0;
    d[n++] = text.length;
    for (let i = 0; i < text.length; i++) d[n++] = text.charCodeAt(i);
    this.length = n;
  }

  fill(x: number, y: number, w: number, h: number, ink: number, alpha = 1): void {
    this.room(7);
    const d = this.data;
    let n = this.length;
    d[n++] = Op.fill;
    d[n++] = x;
    d[n++] = y;
    d[n++] = w;
    d[n++] = h;
    d[n++] = ink;
    d[n++] = alpha;
    this.length = n;
  }

  ellipse(x: number, y: number, a: number, b: number, angle: number, ink: number, alpha = 1, dash = 0): void {
    this.room(9);
    const d = this.data;
    let n = this.length;
    d[n++] = Op.ellipse;
    d[n++] = x;
    d[n++] = y;
    d[n++] = a;
    d[n++] = b;
    d[n++] = angle;
    d[n++] = ink;
    d[n++] = alpha;
    d[n++] = dash;
    this.length = n;
  }

  // FNV-1a over the list's bits: two frames with the same hash show the same picture.
  hash(): number {
    const words = new Uint32Array(this.data.buffer, 0, this.length);
    let h = 0x811c9dc5;
    for (let i = 0; i < words.length; i++) {
      h ^= words[i];
      h = Math.imul(h, 0x01000193);
    }
    return h >>> 0;
  }
}
