// The node's time as the console knows it: the time of the newest frame, moved on by this machine's monotonic
// clock. The wall clock of this machine is never asked, so a wrong one cannot make old data look fresh.
export const SILENCE_IS_LOSS_MS = 3_500; // a node says something at least once a second

export class PictureClock {
  private frameMs = NaN;
  private receivedMs = NaN; // when that time was first heard
  private heardMs = NaN; // when anything was heard last
  private lastShown = -Infinity;

  // A frame of node time `timeMs` came at monotonic time `monotonicMs`.
  heard(timeMs: number, monotonicMs: number): void {
    // A node that starts anew or replays may step back: follow it, do not wait for time to catch up.
    if (timeMs < this.lastShown - 1000) this.lastShown = -Infinity;
    this.heardMs = monotonicMs;
    // The common picture's time stands still between two pictures: that is no reason to count ages from anew.
    if (timeMs === this.frameMs) return;
    this.frameMs = timeMs;
    this.receivedMs = monotonicMs;
  }

  get started(): boolean {
    return Number.isFinite(this.frameMs);
  }

  // Node time of the newest frame.
  get newestMs(): number {
    return this.frameMs;
  }

  silentMs(monotonicMs: number): number {
    return monotonicMs - this.heardMs;
  }

  // The instant ages are counted to: goes on whether or not anything comes.
  ageNow(monotonicMs: number): number {
    return this.frameMs + (monotonicMs - this.receivedMs);
  }

  // The instant to draw: never runs backwards by the jitter of the link. NaN before the first frame.
  now(monotonicMs: number): number {
    if (!this.started) return NaN;
    const now = this.frameMs + (monotonicMs - this.receivedMs);
    this.lastShown = Math.max(this.lastShown, now);
    return this.lastShown;
  }
}
