// When to draw the next frame: at the screen's rate while somebody touches the map and 2 s after, else when
// something changed, at most ten times a second, else when the fastest track has moved half a pixel, and at
// least once a second, since ages go on.
export const INTERACTION_MS = 2_000;
export const SHORTEST_MS = 100;
export const LONGEST_MS = 1_000;
export const FLASH_MS = 250; // half the period at which emergency frames change, so that none is skipped

export interface Moment {
  nowMs: number;
  drawnMs: number; // when the last frame was drawn
  touchedMs: number; // when the map was last touched
  dirty: boolean; // something changed since the last frame
  fastest: number; // pixels per second of the fastest track on the screen
  flashing: boolean;
}

// When the next frame is due. At or before `nowMs`: with the screen's next refresh.
export function dueMs(m: Moment): number {
  if (m.nowMs - m.touchedMs < INTERACTION_MS) return m.nowMs;
  if (m.dirty) return m.drawnMs + SHORTEST_MS;
  const halfPixel = m.fastest > 0 ? 500 / m.fastest : Infinity;
  const wait = Math.min(LONGEST_MS, halfPixel, m.flashing ? FLASH_MS : Infinity);
  return m.drawnMs + Math.max(SHORTEST_MS, wait);
}

export interface Timers {
  set(callback: () => void, ms: number): number;
  clear(id: number): void;
  refresh(callback: () => void): void; // with the screen's next refresh
}

// Keeps one appointment: an earlier one replaces a later one.
export class Pacer {
  private timer: number | null = null;
  private timerDue = Infinity;
  private refreshing = false;

  constructor(
    private readonly timers: Timers,
    private readonly draw: () => void,
  ) {}

  plan(due: number, nowMs: number): void {
    if (this.refreshing || (this.timer !== null && this.timerDue <= due)) return;
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = null;
    if (due <= nowMs) {
      this.refresh();
      return;
    }
    this.timerDue = due;
    this.timer = this.timers.set(() => {
      this.timer = null;
      this.refresh();
    }, due - nowMs);
  }

  private refresh(): void {
    this.refreshing = true;
    this.timers.refresh(() => {
      this.refreshing = false;
      this.draw();
    });
  }
}
