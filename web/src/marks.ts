// What the doubts of a track come to for whoever reads it at a glance: its position is not to be relied on, its number
// may be a neighbour's, or something else is doubted. Map, label and list show the same marks, never by colour alone.
import { DOUBTS } from './protocol.ts';

// Bits: a track may have several.
export const Mark = { other: 1, number: 2, position: 4 } as const;

const bitOf = (name: (typeof DOUBTS)[number]): number => 1 << DOUBTS.indexOf(name);
// POSITION-DOUBT (docs/DOUBTS.md).
export const POSITION_DOUBTS = bitOf('false_position') | bitOf('false_time');

// A number that went over less probably than this is still what an operator goes by; the panel says even that.
export const NUMBER_DOUBTED_FROM = 0.01;

export function marksOf(doubts: number, ambiguous: boolean, exchanged: number): number {
  let marks = 0;
  if (doubts & POSITION_DOUBTS) marks |= Mark.position;
  if (doubts & ~POSITION_DOUBTS) marks |= Mark.other;
  if (ambiguous || exchanged >= NUMBER_DOUBTED_FROM) marks |= Mark.number;
  return marks;
}

export interface MarkTags {
  positionTag: string;
  numberTag: string;
  doubtTag: string;
}

// In a label: the position's doubt is named, any other doubt goes by its general name.
export function markLine(marks: number, tags: MarkTags): string {
  const parts = [];
  if (marks & Mark.position) parts.push(tags.positionTag);
  else if (marks & Mark.other) parts.push(tags.doubtTag);
  if (marks & Mark.number) parts.push(tags.numberTag);
  return parts.join(' ');
}
