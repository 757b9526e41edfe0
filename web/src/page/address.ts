// What the address holds, so that a view can be shared or reopened: before '#' which picture is shown (view=common) and
// whether as a pane of another page (embed=1); after it language, theme, map settings, view, selected track. Anything
// unreadable is ignored.
import type { Language } from '../format.ts';
import type { View, ViewName } from '../messages.ts';
import type { ThemeName } from '../palette.ts';

export const VECTOR_CHOICES = [0, 1, 3, 6, 9] as const;

export interface Address {
  language: Language;
  theme: ThemeName;
  vectorMinutes: number;
  ellipses: boolean;
  history: boolean;
  labels: boolean;
  view: View | null;
  selected: number | null;
}

export const DEFAULTS: Address = {
  language: 'fr',
  theme: 'night',
  vectorMinutes: 3,
  ellipses: true,
  history: true,
  labels: true,
  view: null,
  selected: null,
};

export function parseAddress(hash: string): Address {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const address = { ...DEFAULTS };
  if (given.get('lang') === 'en') address.language = 'en';
  if (given.get('theme') === 'day') address.theme = 'day';
  const vector = Number(given.get('vector') ?? NaN);
  if ((VECTOR_CHOICES as readonly number[]).includes(vector)) address.vectorMinutes = vector;
  const off = (given.get('off') ?? '').split(',');
  address.ellipses = !off.includes('ellipses');
  address.history = !off.includes('history');
  address.labels = !off.includes('labels');
  const [lat, lon, span] = (given.get('view') ?? '').split(',').map(Number);
  if (Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && span > 0 && span <= 50_000) {
    address.view = { latDeg: lat, lonDeg: lon, spanKm: span };
  }
  const track = given.get('track');
  if (track !== null && /^\d{1,10}$/.test(track) && Number(track) <= 0xffffffff)
    address.selected = Number(track);
  return address;
}

export interface Query {
  picture: ViewName;
  embed: boolean;
}

export function parseQuery(search: string): Query {
  const given = new URLSearchParams(search);
  return {
    picture: given.get('view') === 'common' ? 'common' : 'national',
    embed: given.get('embed') === '1',
  };
}

export function writeQuery(query: Query): string {
  const parts = [query.picture === 'common' ? 'view=common' : '', query.embed ? 'embed=1' : ''].filter(
    Boolean,
  );
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

export function writeAddress(address: Address): string {
  const parts: string[] = [`lang=${address.language}`, `theme=${address.theme}`];
  if (address.vectorMinutes !== DEFAULTS.vectorMinutes) parts.push(`vector=${address.vectorMinutes}`);
  const off = (['ellipses', 'history', 'labels'] as const).filter((name) => !address[name]);
  if (off.length > 0) parts.push(`off=${off.join(',')}`);
  if (address.view) {
    const { latDeg, lonDeg, spanKm } = address.view;
    parts.push(`view=${latDeg.toFixed(4)},${lonDeg.toFixed(4)},${spanKm.toPrecision(4)}`);
  }
  if (address.selected !== null) parts.push(`track=${address.selected}`);
  return `#${parts.join('&')}`;
}
