// Glyphs and symbols as alpha masks, drawn once per text size from the console's own font; the rasteriser tints them.
export const Sprite = {
  tentative: 0, // small hollow lozenge
  confirmed: 1, // lozenge with a dot
  coasting: 2, // lozenge cut by a cross
  dot0: 3, // history dots, newest to oldest
  dot1: 4,
  dot2: 5,
  selected: 6, // corner brackets
  alert: 7, // square frame
  radar: 8,
  adsb: 9,
  sensorSilent: 10, // the cross laid over a silent sensor
  positionDoubt: 11, // broken ring round a symbol
  numberDoubt: 12, // question mark beside a symbol, in a gap of the ring
} as const;
const SPRITE_COUNT = 13;

// Printable Latin-1, the oe ligatures, arrows and a few signs: what labels hold. Anything else shows as a box.
const EXTRA = [0x152, 0x153, 0x178, 0x2013, 0x2014, 0x2019, 0x2026, 0x2190, 0x2191, 0x2192, 0x2193, 0x25a1];
const UNKNOWN = 0x25a1;

export interface Mask {
  width: number;
  height: number;
  alpha: Uint8Array;
}

export interface Atlas {
  cellWidth: number;
  cellHeight: number;
  glyph(code: number, bold: boolean): Mask;
  sprites: Mask[];
}

const CODES: number[] = [];
for (let c = 0x20; c < 0x7f; c++) CODES.push(c);
for (let c = 0xa0; c <= 0xff; c++) CODES.push(c);
CODES.push(...EXTRA);

type Context = OffscreenCanvasRenderingContext2D;

function paintSprite(g: Context, id: number, unit: number): void {
  const lozenge = (r: number): void => {
    g.beginPath();
    g.moveTo(0, -r);
    g.lineTo(r, 0);
    g.lineTo(0, r);
    g.lineTo(-r, 0);
    g.closePath();
  };
  const disc = (r: number): void => {
    g.beginPath();
    g.arc(0, 0, r, 0, 2 * Math.PI);
    g.fill();
  };
  g.lineWidth = 1.35 * unit;
  switch (id) {
    case Sprite.tentative:
      g.lineWidth = 1.2 * unit;
      lozenge(4.2 * unit);
      g.stroke();
      break;
    case Sprite.confirmed:
      lozenge(6.2 * unit);
      g.stroke();
      disc(1.9 * unit);
      break;
    case Sprite.coasting:
      lozenge(6.2 * unit);
      g.stroke();
      g.beginPath();
      g.moveTo(-3.1 * unit, -3.1 * unit);
      g.lineTo(3.1 * unit, 3.1 * unit);
      g.moveTo(3.1 * unit, -3.1 * unit);
      g.lineTo(-3.1 * unit, 3.1 * unit);
      g.stroke();
      break;
    case Sprite.dot0:
      disc(1.5 * unit);
      break;
    case Sprite.dot1:
      disc(1.2 * unit);
      break;
    case Sprite.dot2:
      disc(0.9 * unit);
      break;
    case Sprite.selected:
      g.beginPath();
      for (const [sx, sy] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ]) {
        g.moveTo(sx * 11 * unit, sy * 6 * unit);
        g.lineTo(sx * 11 * unit, sy * 11 * unit);
        g.lineTo(sx * 6 * unit, sy * 11 * unit);
      }
      g.stroke();
      break;
    case Sprite.alert:
      g.lineWidth = 1.8 * unit;
      g.strokeRect(-9.5 * unit, -9.5 * unit, 19 * unit, 19 * unit);
      break;
    case Sprite.radar:
      // A mast under a dish.
      g.beginPath();
      g.arc(0, -3 * unit, 5 * unit, 0.15 * Math.PI, 0.85 * Math.PI);
      g.moveTo(0, 2 * unit);
      g.lineTo(0, 6.5 * unit);
      g.moveTo(-4 * unit, 6.5 * unit);
      g.lineTo(4 * unit, 6.5 * unit);
      g.stroke();
      disc(1.2 * unit);
      break;
    case Sprite.adsb:
      // A mast with waves to both sides.
      g.beginPath();
      g.moveTo(0, -2 * unit);
      g.lineTo(0, 6.5 * unit);
      g.moveTo(-4 * unit, 6.5 * unit);
      g.lineTo(4 * unit, 6.5 * unit);
      g.stroke();
      disc(1.4 * unit);
      for (const r of [4, 7]) {
        g.beginPath();
        g.arc(0, -2 * unit, r * unit, -0.3 * Math.PI, 0.3 * Math.PI);
        g.stroke();
        g.beginPath();
        g.arc(0, -2 * unit, r * unit, 0.7 * Math.PI, 1.3 * Math.PI);
        g.stroke();
      }
      break;
    case Sprite.positionDoubt:
      g.lineWidth = 1.6 * unit;
      for (let quarter = 0; quarter < 4; quarter++) {
        const middle = (quarter * Math.PI) / 2;
        g.beginPath();
        g.arc(0, 0, 9.5 * unit, middle - 0.5, middle + 0.5);
        g.stroke();
      }
      break;
    case Sprite.numberDoubt:
      g.lineWidth = 1.5 * unit;
      g.beginPath();
      g.arc(9.6 * unit, -9.6 * unit, 2.3 * unit, -Math.PI, 0.35 * Math.PI);
      g.lineTo(9.6 * unit, -5.9 * unit);
      g.stroke();
      g.beginPath();
      g.arc(9.6 * unit, -3.6 * unit, 1 * unit, 0, 2 * Math.PI);
      g.fill();
      break;
    case Sprite.sensorSilent:
      g.lineWidth = 1.8 * unit;
      g.beginPath();
      g.moveTo(-8 * unit, -8 * unit);
      g.lineTo(8 * unit, 8 * unit);
      g.moveTo(8 * unit, -8 * unit);
      g.lineTo(-8 * unit, 8 * unit);
      g.stroke();
      break;
  }
}

function alphaOf(g: Context, x: number, y: number, width: number, height: number): Mask {
  const rgba = g.getImageData(x, y, width, height).data;
  const alpha = new Uint8Array(width * height);
  for (let i = 0; i < alpha.length; i++) alpha[i] = rgba[i * 4 + 3];
  return { width, height, alpha };
}

// `size` is the text height in device pixels, `unit` the device pixels of one CSS pixel.
export function makeAtlas(font: string, size: number, unit: number): Atlas {
  const canvas = new OffscreenCanvas(64 * size, 2 * size);
  const g = canvas.getContext('2d', { willReadFrequently: true }) as Context;
  g.font = `${size}px ${font}`;
  const cellWidth = Math.max(1, Math.round(g.measureText('0').width));
  const cellHeight = Math.round(size * 1.22);
  const glyphs = [false, true].map((bold) => {
    const masks = new Map<number, Mask>();
    for (const code of CODES) {
      g.clearRect(0, 0, cellWidth + 2, cellHeight + 2);
      g.font = `${bold ? 'bold ' : ''}${size}px ${font}`;
      g.textBaseline = 'alphabetic';
      g.fillStyle = '#fff';
      g.fillText(String.fromCharCode(code), 0, Math.round(size * 0.96));
      masks.set(code, alphaOf(g, 0, 0, cellWidth, cellHeight));
    }
    return masks;
  });
  const side = Math.ceil(26 * unit) | 1;
  const sprites: Mask[] = [];
  for (let id = 0; id < SPRITE_COUNT; id++) {
    const sheet = new OffscreenCanvas(side, side);
    const s = sheet.getContext('2d', { willReadFrequently: true }) as Context;
    s.translate(side / 2, side / 2);
    s.strokeStyle = s.fillStyle = '#fff';
    paintSprite(s, id, unit);
    sprites.push(trim(alphaOf(s, 0, 0, side, side)));
  }
  return {
    cellWidth,
    cellHeight,
    glyph: (code, bold) => {
      const masks = glyphs[bold ? 1 : 0];
      return (masks.get(code) ?? masks.get(UNKNOWN)) as Mask;
    },
    sprites,
  };
}

// Cuts empty margins evenly, so that the centre stays the centre.
function trim(mask: Mask): Mask {
  const { width, height, alpha } = mask;
  let margin = Math.min(width, height) >> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (alpha[y * width + x]) margin = Math.min(margin, x, y, width - 1 - x, height - 1 - y);
    }
  }
  const w = width - 2 * margin;
  const h = height - 2 * margin;
  const cut = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    cut.set(alpha.subarray((y + margin) * width + margin, (y + margin) * width + margin + w), y * w);
  }
  return { width: w, height: h, alpha: cut };
}
