// Mouse, wheel and keys on the map, as wishes to the worker. Coordinates go in device pixels.
import type { ToWorker } from '../messages.ts';

const CLICK_SLOP = 4; // CSS pixels a press may wander and still be a click
const KEY_PAN = 80; // CSS pixels
export const ZOOM_STEP = 1.35;

export class MapInput {
  private press: { x: number; y: number; moved: boolean } | null = null;

  constructor(
    private readonly map: HTMLElement,
    private readonly send: (message: ToWorker) => void,
  ) {
    map.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      map.setPointerCapture(event.pointerId);
      this.press = { x: event.clientX, y: event.clientY, moved: false };
    });
    map.addEventListener('pointermove', (event) => this.onMove(event));
    map.addEventListener('pointerup', (event) => {
      const press = this.press;
      this.press = null;
      map.classList.remove('dragging');
      if (press && !press.moved) this.send({ t: 'pick', ...this.at(event) });
    });
    map.addEventListener('pointercancel', () => {
      this.press = null;
      map.classList.remove('dragging');
    });
    map.addEventListener('pointerleave', () => this.send({ t: 'leave' }));
    map.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        // Lines and pages count as pixels would; one notch is about one step.
        const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 33;
        const factor = ZOOM_STEP ** (-Math.max(-300, Math.min(300, pixels)) / 100);
        this.send({ t: 'zoom', factor, ...this.at(event) });
      },
      { passive: false },
    );
    map.addEventListener('keydown', (event) => {
      const pan: Record<string, [number, number]> = {
        ArrowLeft: [KEY_PAN, 0],
        ArrowRight: [-KEY_PAN, 0],
        ArrowUp: [0, KEY_PAN],
        ArrowDown: [0, -KEY_PAN],
      };
      const by = pan[event.key];
      if (!by) return;
      event.preventDefault();
      this.send({ t: 'pan', dx: by[0] * devicePixelRatio, dy: by[1] * devicePixelRatio });
    });
  }

  zoom(factor: number): void {
    const box = this.map.getBoundingClientRect();
    this.send({
      t: 'zoom',
      factor,
      x: (box.width / 2) * devicePixelRatio,
      y: (box.height / 2) * devicePixelRatio,
    });
  }

  private at(event: MouseEvent): { x: number; y: number } {
    const box = this.map.getBoundingClientRect();
    return {
      x: (event.clientX - box.left) * devicePixelRatio,
      y: (event.clientY - box.top) * devicePixelRatio,
    };
  }

  private onMove(event: PointerEvent): void {
    const press = this.press;
    if (!press) {
      this.send({ t: 'hover', ...this.at(event) });
      return;
    }
    const dx = event.clientX - press.x;
    const dy = event.clientY - press.y;
    if (!press.moved && Math.hypot(dx, dy) < CLICK_SLOP) return;
    press.moved = true;
    press.x = event.clientX;
    press.y = event.clientY;
    this.map.classList.add('dragging');
    this.send({ t: 'pan', dx: dx * devicePixelRatio, dy: dy * devicePixelRatio });
  }
}
