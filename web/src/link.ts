// The WebSocket to the node: opened again for as long as the page lives, with growing pauses.
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

export class Link {
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE_MS;
  private closed = false;
  private held: boolean;
  private heardMs = 0; // when something came last, or the attempt began

  constructor(
    private readonly url: string,
    private readonly onFrame: (bytes: ArrayBuffer) => void,
    private readonly onDown: () => void,
    held: boolean,
  ) {
    this.held = held;
    this.open();
  }

  private open(): void {
    if (this.closed || this.held || this.socket) return;
    const socket = new WebSocket(this.url);
    this.heardMs = performance.now();
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.onmessage = (event: MessageEvent) => {
      if (socket !== this.socket || !(event.data instanceof ArrayBuffer)) return;
      this.pause = FIRST_PAUSE_MS;
      this.heardMs = performance.now();
      this.onFrame(event.data);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.socket = null;
      this.onDown();
      setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2);
    };
  }

  // While held, nothing is open and nothing is tried: the node lets nobody in before somebody has logged in.
  hold(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    if (!held) {
      this.pause = FIRST_PAUSE_MS;
      this.open();
      return;
    }
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    if (socket) this.onDown();
  }

  // For good: nothing that was on its way is heard any more.
  close(): void {
    this.closed = true;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  // How long the present connection, or attempt at one, has said nothing; 0 between attempts.
  quietMs(): number {
    return this.socket ? performance.now() - this.heardMs : 0;
  }

  // Gives up a connection that is open but silent, or that speaks what we cannot read; a new one follows.
  restart(): void {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    socket.close();
    setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2);
  }
}
