// What the page and the drawing worker say to each other.
import type { MarkTags } from './marks.ts';
import type { NodeStatus } from './protocol.ts';
import type { ThemeName } from './palette.ts';

export interface MapOptions extends MarkTags {
  theme: ThemeName;
  language: string;
  vectorMinutes: number; // 0: none
  ellipses: boolean;
  history: boolean;
  labels: boolean;
  coastTag: string; // shown in a label before the age of a coasting track
  lostTag: string; // likewise of every track while the link is lost
}

// A view as it is written into the address: degrees and the kilometres one screen width spans at the centre.
export interface View {
  latDeg: number;
  lonDeg: number;
  spanKm: number;
}

export type SortKey =
  | 'track'
  | 'marks'
  | 'callSign'
  | 'level'
  | 'speed'
  | 'angle'
  | 'members'
  | 'age'
  | 'status';

// Which picture of the node: its own, finer one, or the one it has in common with the other members.
export type ViewName = 'national' | 'common';

export interface ListRequest {
  first: number;
  count: number;
  sort: SortKey;
  descending: boolean;
  search: string;
  markedOnly: boolean;
}

export type ToWorker =
  | {
      t: 'init';
      canvas: OffscreenCanvas;
      width: number;
      height: number;
      unit: number;
      socket: string;
      picture: ViewName;
      held: boolean; // the link is not to be opened yet
      base: string;
      options: MapOptions;
      view: View | null;
      selected: number | null;
    }
  | { t: 'size'; width: number; height: number; unit: number }
  | { t: 'options'; options: MapOptions }
  // Another picture: everything held of the last one is forgotten.
  | { t: 'source'; socket: string; picture: ViewName }
  | { t: 'hold'; held: boolean }
  | { t: 'pan'; dx: number; dy: number }
  | { t: 'zoom'; factor: number; x: number; y: number }
  | { t: 'fit' }
  | { t: 'centre'; track: number }
  | { t: 'pick'; x: number; y: number }
  | { t: 'hover'; x: number; y: number }
  | { t: 'leave' }
  | { t: 'select'; track: number | null }
  | { t: 'list'; request: ListRequest }
  | { t: 'probe'; id: number; track: number };

export interface Row {
  track: number;
  callSign: string;
  icao: number;
  mode3a: number;
  altitudeFt: number;
  climbFtMin: number;
  speedKt: number;
  angleDeg: number;
  ageMs: number;
  status: number;
  placed: boolean;
  marks: number; // of marks.ts
  sensorsLow: number; // in the common picture: members
  sensorsHigh: number;
}

export interface Detail extends Row {
  latDeg: number;
  lonDeg: number;
  existence: number;
  majorM: number;
  minorM: number;
  ellipseDeg: number;
  kinds: number;
  breaks: number;
  doubts: number;
  ambiguous: boolean;
  exchanged: number;
}

export type LinkState = 'connecting' | 'live' | 'lost';

export interface Picture {
  of: ViewName;
  link: LinkState;
  linkDetail: string; // an error of the protocol, as text
  timeMs: number; // the node's time of the picture shown; NaN before the first frame
  silentMs: number; // since the last frame came
  counts: { tentative: number; confirmed: number; coasting: number; notPlaced: number; marked: number };
  selected: number | null;
  detail: Detail | null;
  view: View | null;
  metresPerPixel: number; // CSS pixel, at the centre
  stats: {
    frames: number;
    frameMs50: number;
    frameMs95: number;
    drawn: number;
    labels: number;
    hash: number;
  };
}

export interface ProbeLabel {
  lines: string[];
  left: number;
  top: number;
  width: number;
  height: number;
}

export type FromWorker =
  | ({ t: 'picture' } & Picture)
  | { t: 'status'; status: NodeStatus }
  | { t: 'rows'; total: number; first: number; rows: Row[] }
  | { t: 'selected'; track: number | null }
  | {
      t: 'cursor';
      latDeg: number;
      lonDeg: number;
      track: number | null; // under the pointer
      from: { track: number; rangeNm: number; bearingDeg: number } | null; // from the selected track
    }
  // Positions in CSS pixels of the map; null when the track is not on the screen.
  | { t: 'probe'; id: number; at: { x: number; y: number; status: number; label: ProbeLabel | null } | null }
  | { t: 'fault'; text: string };
